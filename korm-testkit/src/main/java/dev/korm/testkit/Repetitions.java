package dev.korm.testkit;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link ConcurrentTest} as often as is asked for. */
final class Repetitions implements TestTemplateInvocationContextProvider {
    static final String PROPERTY = "korm.repetitions";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        int count = Integer.getInteger(PROPERTY, 1);
        return IntStream.rangeClosed(1, count).mapToObj(number -> new TestTemplateInvocationContext() {
            @Override
            public String getDisplayName(int invocation) {
                return count == 1 ? context.getDisplayName() : "run " + number + " of " + count;
            }
        });
    }
}
