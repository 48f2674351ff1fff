package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.plan.HalfPrecision;
import dev.lora4j.plan.MemoryPlan;
import dev.lora4j.plan.PlanSettings;
import dev.lora4j.plan.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan as lines of a name, an amount and its formula, and as JSON. */
final class PlanReport {
    private final String model;
    private final TrainingPlan plan;
    private final List<Line> lines = new ArrayList<>();

    /**
     * A line.
     *
     * @param key in JSON; empty where the line is for people alone
     * @param value in JSON, bytes or a count
     */
    private record Line(String key, String name, long value, String amount, String formula) {}

    /**
     * Makes one.
     *
     * @param withArticle whether the article's figures are put beside it
     */
    PlanReport(String model, TrainingPlan plan, boolean withArticle) {
        this.model = model;
        this.plan = plan;
        values();
        storage();
        memory();
        halfPrecision(withArticle);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private void count(String key, String name, long value, String formula) {
        lines.add(new Line(key, name, value, format("%,d", value), formula));
    }

    private void bytes(String key, String name, long value, String formula) {
        lines.add(new Line(key + "_bytes", name, value, Amounts.bytes((double) value), formula));
    }

    private void title(String text) {
        lines.add(new Line("", text, 0, "", ""));
    }

    private static String millions(long values) {
        return values < 1_000_000_000 ? format("%.1f M", values / 1e6) : format("%.1f B", values / 1e9);
    }

    private void values() {
        PlanSettings settings = plan.settings();
        long trained = plan.values().trained();
        title("values");
        count("parameters", "base", plan.parameters(), millions(plan.parameters()));
        count(
                "trained",
                "trained",
                trained,
                format(
                        "%s, %.4g %% of the base; %s",
                        millions(trained), 100 * plan.share(), plan.values().formula()));
        settings.method()
                .baseline()
                .ifPresent(other -> title("  (" + other + "; activations that are its own are not counted)"));
    }

    private void storage() {
        PlanSettings settings = plan.settings();
        TrainingPlan.Storage storage = plan.storage();
        int each = settings.valueBytes();
        title("storage");
        bytes(
                "checkpoint",
                "one fine-tuned model",
                storage.checkpoint(),
                format("%s x %d bytes", millions(plan.values().trained()), each));
        if (plan.values().stored() != plan.values().trained()) {
            bytes(
                    "peft_checkpoint",
                    "the same in PEFT's files",
                    plan.values().stored() * each,
                    "B of a fused layer is written with its zeros");
        }
        bytes(
                "full_copy",
                "a full copy",
                storage.fullCopy(),
                format("%s x %d bytes", millions(plan.parameters()), each));
        bytes(
                "models",
                settings.models() + " fine-tuned models",
                storage.together(),
                settings.method().full()
                        ? "a full copy each"
                        : format(
                                "%s + %d x %s",
                                Amounts.bytes((double) storage.fullCopy()), settings.models(), Amounts.bytes((double)
                                        storage.checkpoint())));
        bytes(
                "full_copies",
                "as full copies",
                storage.copies(),
                format("%d x %s", settings.models(), Amounts.bytes((double) storage.fullCopy())));
    }

    private void memory() {
        PlanSettings settings = plan.settings();
        MemoryPlan memory = plan.memory();
        PlanSettings.Batch batch = settings.batch();
        String trained = millions(plan.values().trained());
        title(format(
                "memory of training with lora4j, %d rows of %d tokens at once%s",
                batch.rowsAtOnce(),
                batch.length(),
                memory.exact() ? "" : " (activations of this family are estimated)"));
        bytes(
                "weights",
                "weights",
                memory.weights(),
                format("%s as %s", millions(plan.parameters()), settings.weights()));
        bytes("file", "file", memory.file(), "from which weights are decoded; stays mapped");
        bytes("adapter", "trained values", memory.trained(), format("%s x 4 bytes", trained));
        bytes("gradients", "gradients", memory.gradients(), format("%s x 4 bytes", trained));
        bytes(
                "optimizer",
                "optimizer",
                memory.optimizer(),
                format("%s x %d x 4 bytes, %s", trained, settings.optimizer().moments(), settings.optimizer()));
        bytes(
                "activations",
                "activations",
                memory.activations(),
                format(
                        "%,d tokens x %,d bytes%s",
                        batch.tokensAtOnce(),
                        memory.activations() / batch.tokensAtOnce(),
                        batch.recompute() ? ", the blocks' inputs" : ""));
        bytes("logits", "logits", memory.logits(), "the chunk that is alive at a time");
        bytes("working", "gradients of activations", memory.working(), "while the last block goes back");
        bytes("holes", "holes", memory.holes(), "that glibc leaves between kept tensors, measured: 0.7 of them");
        bytes("step", "optimizer's step", memory.step(), "of the largest matrix that is trained");
        bytes("process", "process", memory.process(), "JVM and libtorch, measured");
        bytes(
                "total",
                "together, at most",
                memory.total(),
                "process + weights + file + trained + optimizer + holes + the fuller of forward and backward");
    }

    private void halfPrecision(boolean withArticle) {
        if (plan.settings().valueBytes() != 2) {
            return;
        }
        HalfPrecision half = plan.halfPrecision();
        String parameters = millions(plan.parameters());
        title("memory in 16 bits, without activations, as the article counts");
        bytes(
                "full_with_moments",
                "full, weights and moments",
                half.weightsAndMoments(),
                parameters + " x 2 x (1 + 2)");
        bytes("full_with_gradients", "full, gradients too", half.withGradients(), parameters + " x 2 x (1 + 2 + 1)");
        bytes(
                "frozen",
                "frozen base and what is trained",
                half.frozen(),
                format(
                        "%s x 2 + %s x 2 x (1 + 2 + 1)",
                        parameters, millions(plan.values().trained())));
        if (withArticle) {
            article();
        }
    }

    /** Section 4.2 and table 4 of arXiv 2106.09685, which count with 175 B parameters, rank 4 on queries and values. */
    private void article() {
        title("the article on GPT-3 (arXiv 2106.09685, section 4.2), rank 4 on queries and values");
        note("trained", "18.9 M", "96 layers x 2 x 4 x (12,288 + 12,288)");
        note("checkpoint", "about 35 MB", "18.9 M x 2 bytes = 37.7 MB, or 36 MiB");
        note("full copy", "350 GB", "175 B x 2 bytes");
        note("100 models", "about 354 GB, not 35 TB", "350 GB + 100 x 35 MB; 100 x 350 GB");
        note(
                "training memory",
                "1.2 TB to 350 GB",
                "1.2 TB is not divided there: weights and moments are 1.05 TB, with gradients 1.40 TB; 350 GB is the"
                        + " frozen weights");
    }

    private void note(String name, String amount, String formula) {
        lines.add(new Line("", name, 0, amount, formula));
    }

    /** What machines get. */
    ObjectNode json() {
        PlanSettings settings = plan.settings();
        ObjectNode json = new Facts()
                .text("model", model)
                .text("method", settings.method().toString())
                .number("share", plan.share())
                .flag("exact", plan.memory().exact())
                .json();
        lines.stream().filter(line -> !line.key().isEmpty()).forEach(line -> json.put(line.key(), line.value()));
        return json;
    }

    /** Tells people. */
    void print(Console console) {
        int names = width(
                lines.stream().filter(PlanReport::isAmount).map(Line::name).toList());
        int amounts = width(lines.stream().map(Line::amount).toList());
        for (Line line : lines) {
            if (isAmount(line)) {
                String name = console.styled(Console.Style.DIM, padded(line.name(), names));
                console.line("  " + name + "  "
                        + " ".repeat(amounts - line.amount().length()) + line.amount() + "  " + line.formula());
            } else {
                console.line(line.name());
            }
        }
    }

    private static boolean isAmount(Line line) {
        return !line.amount().isEmpty();
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
