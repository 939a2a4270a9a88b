package dev.korm.depots.s3;

import dev.korm.testkit.contract.store.LargeFile;
import dev.korm.testkit.fault.OtherProcess;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Files in S3 that are much larger than the memory of the program that stores them. */
class S3StreamingTest {
    private static void stream(String memory, int megabytes) throws Exception {
        S3Server server = S3Server.SHARED;
        List<String> arguments = List.of(
                server.endpoint(),
                server.bucket(),
                "streaming",
                server.id(),
                server.secret(),
                Integer.toString(megabytes));
        long begin = System.nanoTime();
        try (OtherProcess program = OtherProcess.start(S3Streaming.class, List.of("-Xmx" + memory), arguments)) {
            program.await(LargeFile.DONE);
        }
        System.out.printf(
                "%d MB through S3 with -Xmx%s in %d s%n",
                megabytes, memory, (System.nanoTime() - begin) / 1_000_000_000);
    }

    @Test
    void a_file_of_unknown_length_streams_with_little_memory() throws Exception {
        stream("48m", 200);
    }

    /** Fewer than through a folder: the server of these tests holds its objects in the memory of this JVM. */
    @Test
    @Tag("long")
    void two_gigabytes_stream() throws Exception {
        stream("64m", 2 * 1024);
    }
}
