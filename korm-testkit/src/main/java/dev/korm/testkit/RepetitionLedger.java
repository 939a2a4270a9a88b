package dev.korm.testkit;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * A folder that counts how often tests have passed: a file for each, which holds the number of runs and the milliseconds of all of them. Runs
 * that failed do not count; their stack traces are gathered in {@value #FAILURES}. For one run of the tests at a time.
 */
final class RepetitionLedger {
    static final String FAILURES = "failures.txt";

    private final Path folder;

    RepetitionLedger(Path folder) {
        this.folder = folder;
    }

    /** Returns the entries of one test. */
    Page page(Class<?> test, Method method) {
        return new Page(test.getSimpleName() + "." + method.getName());
    }

    /** The entries of one test. */
    final class Page {
        private final String test;

        private Page(String test) {
            this.test = test;
        }

        /** Returns how often it has passed. */
        int passed() {
            return (int) read()[0];
        }

        void passed(long millis) {
            long[] before = read();
            write(test, (before[0] + 1) + " " + (before[1] + millis) + "\n", StandardOpenOption.TRUNCATE_EXISTING);
        }

        void failed(Throwable failure) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            write(
                    FAILURES,
                    Instant.now() + " " + test + ", after " + passed() + " runs: " + trace + "\n",
                    StandardOpenOption.APPEND);
        }

        private long[] read() {
            try {
                String[] numbers = Files.readString(folder.resolve(test)).trim().split(" ", -1);
                return new long[] {Long.parseLong(numbers[0]), Long.parseLong(numbers[1])};
            } catch (NoSuchFileException none) {
                return new long[2];
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void write(String file, String text, StandardOpenOption how) {
            try {
                Files.writeString(
                        Files.createDirectories(folder).resolve(file),
                        text,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        how);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
