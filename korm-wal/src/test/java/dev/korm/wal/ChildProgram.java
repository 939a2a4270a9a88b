package dev.korm.wal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link ChangingProgram} in a process of its own, which is killed at the end. */
final class ChildProgram implements AutoCloseable {
    /** The exit code of a process that was killed, which is 128 and the signal's number. */
    private static final int KILLED = 128 + 9;

    private final Process process;
    private final BufferedReader lines;

    /**
     * Starts it.
     *
     * @param log what it says beside its changes goes there
     * @param variables of its environment
     */
    ChildProgram(String prefix, int threads, ProgramStores stores, Path log, Map<String, String> variables)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                ChangingProgram.class.getName(),
                prefix,
                String.valueOf(threads)));
        command.addAll(stores.words());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
        builder.environment().putAll(variables);
        process = builder.start();
        lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Returns what it says next; null when it has ended. */
    @Nullable String next() throws IOException {
        return lines.readLine();
    }

    /** Kills it, leaving what it has said to be read. */
    void kill() {
        // By its handle, which leaves its output open.
        process.toHandle().destroyForcibly();
    }

    /** Waits for its end, and returns whether it was killed. */
    boolean isKilled() {
        process.onExit().join();
        return process.exitValue() == KILLED;
    }

    @Override
    public void close() throws IOException {
        kill();
        process.onExit().join();
        lines.close();
    }
}
