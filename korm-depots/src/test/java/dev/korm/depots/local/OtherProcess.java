package dev.korm.depots.local;

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

/** A program of the tests' in a JVM of its own. Closing it ends it. */
public final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private OtherProcess(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public static OtherProcess start(Class<?> program, List<String> options, List<String> arguments)
            throws IOException {
        return start(program, options, arguments, Map.of());
    }

    /** @param variables of its environment, beside those of this one */
    static OtherProcess start(
            Class<?> program, List<String> options, List<String> arguments, Map<String, String> variables)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
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

    /** The next line that it prints with that beginning, without it. */
    String answer(String beginning) throws IOException {
        StringBuilder before = new StringBuilder();
        for (String next = out.readLine(); next != null; next = out.readLine()) {
            if (next.startsWith(beginning)) {
                return next.substring(beginning.length());
            }
            before.append(next).append('\n');
        }
        throw new AssertionError("The program ended, and printed " + before);
    }

    /** Lets it go on. */
    void tell(String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    /** As kill -9 and a power cut do. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    int end() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
