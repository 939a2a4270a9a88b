package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.depot.FileNameException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.depot.SkippedName;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.OtherProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program without a locale of UTF-8, as one that cron, systemd or a container starts. */
class PosixLocaleTest {
    @TempDir
    Path folder;

    @BeforeEach
    void requireLocales() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "Locales decide about names of files");
        assumeTrue(!System.getProperty("sun.jnu.encoding").startsWith("ANSI"), "This process has a locale of UTF-8");
    }

    /** The program. It prints what it finds. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws IOException {
            System.out.println("encoding " + System.getProperty("sun.jnu.encoding"));
            try (Depot depot = LocalDepot.at(arguments[0]).open("files", Environment.system())) {
                Rn<?> plain = Rn.file("files", "docs", "plain");
                depot.put(plain, new ByteArrayInputStream(new byte[3]), PutOptions.NONE.contentType("text/plain"));
                System.out.println("stored "
                        + depot.stat(plain).orElseThrow().contentType().orElseThrow());
                Rn<?> umlaut = Rn.file("files", "docs", "\u00e4");
                for (Runnable call : List.<Runnable>of(
                        () -> depot.put(umlaut, new ByteArrayInputStream(new byte[3]), PutOptions.NONE),
                        () -> depot.requireStorable(umlaut),
                        () -> depot.stat(umlaut),
                        () -> depot.get(umlaut),
                        () -> depot.delete(umlaut))) {
                    try {
                        call.run();
                        System.out.println("name was taken");
                    } catch (FileNameException refused) {
                        System.out.println("name refused, with the way out: "
                                + refused.getMessage().contains("LC_ALL=C.UTF-8"));
                    }
                }
                List<SkippedName> skipped = new ArrayList<>();
                try (Stream<FileEntry> files = depot.list(Rn.prefix("files"), skipped::add)) {
                    System.out.println("listed " + files.count());
                }
                System.out.println("skipped " + skipped.size() + " "
                        + skipped.stream().allMatch(name -> name.reason().contains("LC_ALL=C.UTF-8")));
                try (Stream<String> folders = depot.folders(Rn.prefix("files"))) {
                    System.out.println("folders " + folders.toList());
                }
            }
            try {
                LocalDepot.at(arguments[0] + "/\u00e4")
                        .open("files", Environment.system())
                        .close();
                System.out.println("folder was taken");
            } catch (KormException refused) {
                System.out.println("folder refused, with the way out: "
                        + refused.getMessage().contains("LC_ALL=C.UTF-8"));
            }
            System.out.println("end");
        }
    }

    @Test
    void files_with_names_of_ascii_are_stored_and_others_refused_with_the_way_out() throws Exception {
        try (Depot depot = LocalDepot.at(folder).open("files", Environment.system())) {
            depot.put(Rn.file("files", "\u00fc", "below"), new ByteArrayInputStream(new byte[1]), PutOptions.NONE);
            depot.put(Rn.file("files", "docs", "\u00e4"), new ByteArrayInputStream(new byte[1]), PutOptions.NONE);
        }
        try (OtherProcess other = OtherProcess.start(
                Program.class, List.of("-Xmx64m"), List.of(folder.toString()), Map.of("LC_ALL", "POSIX"))) {
            assertThat(other.answer("encoding ")).startsWith("ANSI");
            assertThat(other.answer("stored ")).isEqualTo("text/plain");
            for (int i = 0; i < 5; i++) {
                assertThat(other.answer("name ")).isEqualTo("refused, with the way out: true");
            }
            assertThat(other.answer("listed ")).isEqualTo("1");
            assertThat(other.answer("skipped ")).isEqualTo("2 true");
            assertThat(other.answer("folders ")).isEqualTo("[docs]");
            assertThat(other.answer("folder ")).isEqualTo("refused, with the way out: true");
            other.await("end");
        }

        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.filter(Files::isRegularFile)
                            .map(path -> folder.relativize(path).toString())
                            .filter(path -> !path.startsWith(Depot.OWN)))
                    .containsExactlyInAnyOrder("docs/plain", "docs/\u00e4", "\u00fc/below");
        }
    }
}
