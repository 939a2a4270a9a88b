package dev.korm.wal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A library that comes before a program's calls of {@code fsync} and {@code fdatasync}, which are those of SQLite and of the JVM, and kills it before or
 * behind one of them. It is made by the machine's C compiler.
 */
final class KillingSyncs {
    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <signal.h>
            #include <stdatomic.h>
            #include <stdlib.h>
            #include <unistd.h>

            static atomic_int calls;

            static int due(void) {
                const char *number = getenv("KORM_TEST_KILL_SYNC");
                return number ? atoi(number) : 0;
            }

            /* An odd call is before a sync, an even one behind it. */
            static void call(void) {
                if (atomic_fetch_add(&calls, 1) + 1 == due()) {
                    kill(getpid(), SIGKILL);
                    pause();
                }
            }

            static int synced(const char *name, int file) {
                int (*sync)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
                call();
                int answer = sync(file);
                call();
                return answer;
            }

            int fsync(int file) { return synced("fsync", file); }
            int fdatasync(int file) { return synced("fdatasync", file); }
            """;

    private final Path library;

    private KillingSyncs(Path library) {
        this.library = library;
    }

    /** Makes the library; empty where there is no compiler, which is told. */
    static Optional<KillingSyncs> make(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve("syncs.c");
        Path library = folder.resolve("libsyncs.so");
        Files.writeString(source, SOURCE, StandardCharsets.UTF_8);
        try {
            Process compiler = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (compiler.waitFor(1, TimeUnit.MINUTES) && compiler.exitValue() == 0) {
                return Optional.of(new KillingSyncs(library));
            }
            System.out.println("No program is killed at a sync, since cc fails: " + said);
        } catch (IOException none) {
            System.out.println("No program is killed at a sync, since there is no C compiler: " + none.getMessage());
        }
        return Optional.empty();
    }

    /** Returns the environment of a program that is killed at a call: 1 is before the first sync, 2 behind it. */
    Map<String, String> killingAt(int call) {
        return Map.of("LD_PRELOAD", library.toString(), "KORM_TEST_KILL_SYNC", String.valueOf(call));
    }
}
