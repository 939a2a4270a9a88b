package dev.korm.depots;

import dev.korm.depots.local.OtherProcess;
import dev.korm.depots.s3.S3Server;
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
    /** The server of these tests holds its objects in the memory of this JVM. */
    private static final int LONG_IN_S3 = 2 * 1024;

    @TempDir
    Path folder;

    private static void stream(String memory, int megabytes, List<String> depot) throws Exception {
        List<String> arguments = new ArrayList<>(depot);
        arguments.add(Integer.toString(megabytes));
        long begin = System.nanoTime();
        try (OtherProcess program = OtherProcess.start(Streaming.class, List.of("-Xmx" + memory), arguments)) {
            program.await(Streaming.DONE);
        }
        System.out.printf(
                "%d MB through %s with -Xmx%s in %d s%n",
                megabytes, depot.size() == 1 ? "a folder" : "S3", memory, (System.nanoTime() - begin) / 1_000_000_000);
    }

    private List<String> folder() {
        return List.of(folder.resolve("files").toString());
    }

    private static List<String> s3() {
        S3Server server = S3Server.SHARED;
        return List.of(server.endpoint(), server.bucket(), "streaming", server.id(), server.secret());
    }

    @Test
    void a_file_of_unknown_length_streams_through_a_folder_with_little_memory() throws Exception {
        stream("32m", SHORT, folder());
    }

    @Test
    void a_file_of_unknown_length_streams_through_s3_with_little_memory() throws Exception {
        stream("48m", SHORT, s3());
    }

    @Test
    @Tag("long")
    void five_gigabytes_stream_through_a_folder() throws Exception {
        stream("64m", LONG, folder());
    }

    @Test
    @Tag("long")
    void two_gigabytes_stream_through_s3() throws Exception {
        stream("64m", LONG_IN_S3, s3());
    }
}
