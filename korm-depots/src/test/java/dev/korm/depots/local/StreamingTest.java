package dev.korm.depots.local;

import dev.korm.testkit.contract.store.LargeFile;
import dev.korm.testkit.fault.OtherProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are much larger than the memory of the program that stores them. */
class StreamingTest {
    private static final int SHORT = 200;
    private static final int LONG = 5 * 1024;

    @TempDir
    Path folder;

    private static void stream(String memory, int megabytes, List<String> depot) throws Exception {
        List<String> arguments = new ArrayList<>(depot);
        arguments.add(Integer.toString(megabytes));
        long begin = System.nanoTime();
        try (OtherProcess program = OtherProcess.start(Streaming.class, List.of("-Xmx" + memory), arguments)) {
            program.await(LargeFile.DONE);
        }
        System.out.printf(
                "%d MB through a folder with -Xmx%s in %d s%n",
                megabytes, memory, (System.nanoTime() - begin) / 1_000_000_000);
    }

    private List<String> folder() {
        return List.of(folder.resolve("files").toString());
    }

    @Test
    void a_file_of_unknown_length_streams_through_a_folder_with_little_memory() throws Exception {
        stream("32m", SHORT, folder());
    }

    @Test
    @Tag("long")
    void five_gigabytes_stream_through_a_folder() throws Exception {
        stream("64m", LONG, folder());
    }
}
