package dev.korm.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of a test's in a JVM of its own, with the class path of this one. Closing it ends it. For one thread. */
public final class OtherProcess implements AutoCloseable {
    /** For programs that end before compiling them better would pay. */
    private static final List<String> SHORT_LIVED = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final Process process;
    private final BufferedReader out;

    private OtherProcess(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a program. */
    public static OtherProcess start(Class<?> program, List<String> options, List<String> arguments)
            throws IOException {
        return start(program, options, arguments, Map.of());
    }

    /**
     * Starts a program.
     *
     * @param options of its JVM
     * @param variables of its environment, beside those of this one
     */
    public static OtherProcess start(
            Class<?> program, List<String> options, List<String> arguments, Map<String, String> variables)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SHORT_LIVED);
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(program.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(variables);
        return new OtherProcess(builder.start());
    }

    /** Waits for a line that it prints; what it prints before is shown when it ends without. */
    public void await(String line) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String next = out.readLine(); next != null; next = out.readLine()) {
            if (next.equals(line)) {
                return;
            }
            before.append(next).append('\n');
        }
        assertThat(before.toString()).as("What the program printed").contains(line);
    }

    /** Returns the next line that it prints with that beginning, without the beginning. */
    public String answer(String beginning) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String next = out.readLine(); next != null; next = out.readLine()) {
            if (next.startsWith(beginning)) {
                return next.substring(beginning.length());
            }
            before.append(next).append('\n');
        }
        throw new AssertionError("The program ended, and printed " + before);
    }

    /** Writes a line to its input. */
    public void tell(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** Kills it, as {@code kill -9} does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Waits for its end and returns its exit code. */
    public int end() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends it; one that does not end by itself within 10 seconds is killed. An interrupted thread kills it at once, and stays interrupted. */
    @Override
    public void close() {
        boolean ended = false;
        try {
            ended = process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            if (!ended) {
                process.destroyForcibly();
                process.onExit().join();
            }
        }
    }
}
