package dev.korm.testkit;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.opentest4j.TestAbortedException;

/**
 * Runs a {@link ConcurrentTest} as often as is asked for. Where {@value #LEDGER} names a folder, runs that passed are counted there, so that
 * a run of the tests goes on where an earlier one was stopped, or ended after {@value #MINUTES}.
 */
final class Repetitions implements TestTemplateInvocationContextProvider {
    static final String PROPERTY = "korm.repetitions";
    static final String LEDGER = "korm.repetitions.ledger";
    static final String MINUTES = "korm.repetitions.minutes";

    private static final long STARTED = System.nanoTime();

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public boolean mayReturnZeroTestTemplateInvocationContexts(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        int count = Integer.getInteger(PROPERTY, 1);
        Optional<RepetitionLedger.Page> page =
                ledger().map(ledger -> ledger.page(context.getRequiredTestClass(), context.getRequiredTestMethod()));
        int first = page.map(RepetitionLedger.Page::passed).orElse(0) + 1;
        // Taken one after another, each when the one before has ended.
        return IntStream.rangeClosed(first, count)
                .takeWhile(number -> isTimeLeft())
                .mapToObj(number -> new TestTemplateInvocationContext() {
                    @Override
                    public String getDisplayName(int invocation) {
                        return count == 1 ? context.getDisplayName() : "run " + number + " of " + count;
                    }

                    @Override
                    public List<Extension> getAdditionalExtensions() {
                        return page.<List<Extension>>map(each -> List.of(new Entry(each)))
                                .orElse(List.of());
                    }
                });
    }

    private static Optional<RepetitionLedger> ledger() {
        String folder = System.getProperty(LEDGER, "");
        return folder.isEmpty() ? Optional.empty() : Optional.of(new RepetitionLedger(Path.of(folder)));
    }

    private static boolean isTimeLeft() {
        int minutes = Integer.getInteger(MINUTES, 0);
        return minutes == 0 || System.nanoTime() - STARTED < TimeUnit.MINUTES.toNanos(minutes);
    }

    /** Enters each run into the ledger. */
    private static final class Entry implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
        private final RepetitionLedger.Page page;
        private long began;

        Entry(RepetitionLedger.Page page) {
            this.page = page;
        }

        @Override
        public void beforeTestExecution(ExtensionContext context) {
            began = System.nanoTime();
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            // One that does not apply here, as its assumption says, is no failure, and need not be tried again.
            Optional<Throwable> failure =
                    context.getExecutionException().filter(thrown -> !(thrown instanceof TestAbortedException));
            if (failure.isPresent()) {
                page.failed(failure.get());
            } else {
                page.passed(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            }
        }
    }
}
