package dev.lora4j.tensor;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Where a processor cannot sum products of bytes exactly, a test holds if int8 is refused for that reason. */
final class ExactBytes implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        orRefused(test);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        orRefused(test);
    }

    private static void orRefused(Invocation<Void> test) throws Throwable {
        try {
            test.proceed();
        } catch (Throwable refusal) { // an assertion about another refusal quotes this one
            boolean named =
                    String.valueOf(refusal.getMessage()).contains("compute int8 needs an x86 processor with VNNI");
            if (!named || hasExactProducts()) {
                throw refusal;
            }
        }
    }

    /** By what the processor says of itself, and whether oneDNN is held back from using it. */
    private static boolean hasExactProducts() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        String flags = Files.isReadable(info) ? Files.readString(info, StandardCharsets.ISO_8859_1) : "";
        return System.getenv("ONEDNN_MAX_CPU_ISA") == null && flags.contains("_vnni");
    }
}
