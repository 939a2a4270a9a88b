package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The end of a process of {@code korm}: of the jar where there is one, and of the class otherwise. */
record KormProcess(int exit, String out, String err) {
    /**
     * Runs one to its end.
     *
     * @param folder in which its output is kept
     */
    static KormProcess run(Path folder, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = builder(arguments)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new KormProcess(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Starts one, whose output is to be read. */
    static Process start(String... arguments) throws IOException {
        return builder(arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static ProcessBuilder builder(String... arguments) {
        String jar = System.getProperty("korm.jar");
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        command.addAll(
                jar != null
                        ? List.of("-jar", jar)
                        : List.of("-cp", System.getProperty("java.class.path"), KormCommand.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
