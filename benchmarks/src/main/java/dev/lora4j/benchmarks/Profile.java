package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Where the time of a workload goes: which operation its thread is in, looked at every few milliseconds. */
final class Profile implements AutoCloseable {
    private static final long PERIOD_MILLIS = 4;
    private static final double LEAST_SHARE = 0.01;
    private static final String TENSOR = "dev.lora4j.tensor.";

    /** They are in every operation. */
    private static final Set<String> PLAIN = Set.of("Tensor", "Scope", "Numbers", "Tape");

    private final Map<String, Integer> samples = new ConcurrentHashMap<>();
    private final Thread sampler = new Thread(this::sample, "profile");

    private Profile() {}

    /** Samples until it is closed. */
    static Profile start() {
        Profile profile = new Profile();
        profile.sampler.setDaemon(true);
        profile.sampler.start();
        return profile;
    }

    private void sample() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                for (Map.Entry<Thread, StackTraceElement[]> each :
                        Thread.getAllStackTraces().entrySet()) {
                    if (each.getKey() != sampler) {
                        operation(each.getValue()).ifPresent(name -> samples.merge(name, 1, Integer::sum));
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** The innermost class that computes with tensors, else the innermost of ours; none if the thread only waits. */
    private static Optional<String> operation(StackTraceElement[] stack) {
        if (stack.length == 0 || stack[0].getClassName().startsWith("jdk.internal.misc.Unsafe")) {
            return Optional.empty();
        }
        String ours = null;
        for (StackTraceElement frame : stack) {
            String name = frame.getClassName();
            if (name.startsWith("java.util.concurrent.") || name.startsWith("java.lang.Object")) {
                return Optional.empty();
            }
            if (name.startsWith(TENSOR)) {
                String simple = outer(name.substring(TENSOR.length()));
                if (!PLAIN.contains(simple)) {
                    return Optional.of(simple);
                }
            } else if (ours == null && name.startsWith("dev.lora4j.") && !name.startsWith("dev.lora4j.benchmarks.")) {
                ours = outer(name.substring(name.lastIndexOf('.') + 1));
            }
        }
        return Optional.ofNullable(ours);
    }

    private static String outer(String name) {
        int inner = name.indexOf('$');
        return inner < 0 ? name : name.substring(0, inner);
    }

    /** Shares of the operations that have one percent at least, the largest first. */
    ObjectNode shares() {
        ObjectNode shares = Workload.answer();
        double all = samples.values().stream().mapToInt(Integer::intValue).sum();
        samples.entrySet().stream()
                .filter(each -> each.getValue() >= LEAST_SHARE * all)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(each -> shares.put(each.getKey(), each.getValue() / all));
        return shares;
    }

    @Override
    public void close() {
        sampler.interrupt();
    }
}
