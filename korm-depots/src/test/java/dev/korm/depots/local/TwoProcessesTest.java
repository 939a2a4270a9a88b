package dev.korm.depots.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.depot.FileExistsException;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.SweepReport;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.testkit.fault.OtherProcess;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two programs on one database and one folder of files, without anything else between them. */
class TwoProcessesTest {
    private static final int NAMES = 200;

    @TempDir
    Path folder;

    record Letter(int number, FileRef scan, List<FileRef> more) {}

    /** The other program. Arguments: folder, what to do. It says where it is, and goes on when it is told to. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            BufferedReader told = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            switch (arguments[1]) {
                case "absent" -> {
                    System.out.println("ready");
                    told.readLine();
                    System.out.println("won " + putAbsent(folder, NAMES - 1, -1));
                }
                case "stage" -> {
                    try (Pool pool = pool(folder)) {
                        Item<Letter> created = letters(pool)
                                .fromData(
                                        "letters",
                                        "private",
                                        new Letter(
                                                1,
                                                FileRef.of("files", "scan", "text".getBytes(StandardCharsets.UTF_8)),
                                                List.of(FileRef.of("files", "more", waiting(told)))))
                                .create();
                        System.out.println("created " + created.data().scan().text());
                    }
                }
                case "write" -> {
                    try (Pool pool = pool(folder)) {
                        System.out.println("ready");
                        told.readLine();
                        write(pool, "other");
                    }
                    System.out.println("written");
                }
                case "newer" -> moveInTurns(folder, told);
                case "labels" -> {
                    System.out.println("ready");
                    told.readLine();
                    label(folder, "other");
                    System.out.println("labelled");
                }
                default -> throw new IllegalArgumentException(arguments[1]);
            }
        }

        /** Says that it is being read, and goes on when it is told to. */
        private static InputStream waiting(BufferedReader told) {
            return new InputStream() {
                private final InputStream bytes = new ByteArrayInputStream("text".getBytes(StandardCharsets.UTF_8));
                private int count;

                @Override
                public int read() throws IOException {
                    if (count++ == 2) {
                        System.out.println("staging");
                        told.readLine();
                    }
                    return bytes.read();
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    int next = read();
                    if (next < 0) {
                        return -1;
                    }
                    buffer[offset] = (byte) next;
                    return 1;
                }
            };
        }
    }

    private static Pool pool(Path folder) {
        return Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("data.sqlite").toString()))
                .depot("files", LocalDepot.at(folder.resolve("files")), FileRelease.after(Duration.ofDays(1)))
                .open();
    }

    private static Items<Letter> letters(Pool pool) {
        return Korm.item(Letter.class, pool);
    }

    private static final PutCondition.Newer NEWER = PutCondition.Newer.of("item", "revision");

    private static void stage(Depot depot, long revision) {
        depot.put(
                Rn.file("files", "staged", "" + revision),
                new ByteArrayInputStream(Long.toString(revision).getBytes(StandardCharsets.UTF_8)),
                PutOptions.NONE.attribute("item", "a").attribute("revision", "" + revision));
    }

    private static void move(Depot depot, long revision) {
        depot.moveIfNewer(Rn.file("files", "staged", "" + revision), Rn.file("files", "docs", "x"), NEWER);
    }

    /** Moves each revision that it is told to, when it is told to. */
    private static void moveInTurns(Path folder, BufferedReader told) throws IOException {
        try (Depot depot = LocalDepot.at(folder.resolve("files")).open("files", Environment.system())) {
            System.out.println("ready");
            for (String line = told.readLine(); line != null && !line.equals("end"); line = told.readLine()) {
                long revision = Long.parseLong(line);
                stage(depot, revision);
                System.out.println("staged");
                told.readLine();
                move(depot, revision);
                System.out.println("moved");
            }
        }
    }

    /** Stores files of one size under one name, each with a type that says which. */
    private static void label(Path folder, String own) {
        try (Depot depot =
                LocalDepot.at(folder.resolve("files")).withoutAttributes().open("files", Environment.system())) {
            for (int i = 100; i < 250; i++) {
                String text = own + " " + i;
                depot.put(
                        Rn.file("files", "docs", "x"),
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                        PutOptions.NONE.contentType("text/" + own).attribute("number", "" + i));
            }
        }
    }

    /** Creates, changes and deletes. */
    private static void write(Pool pool, String own) {
        for (int i = 0; i < 40; i++) {
            String name = own + "/" + i;
            Item<Letter> letter = letters(pool)
                    .fromData("letters", "private", new Letter(i, FileRef.of("files", name, new byte[] {1}), List.of()))
                    .create();
            Item<Letter> changed = letter.set(Letter::scan, letter.data().scan().edit(new byte[] {2}))
                    .commit();
            if (i % 4 == 0) {
                changed.delete();
            }
        }
    }

    /** Stores every name if it is absent, from one of them on; how many were. */
    private static int putAbsent(Path folder, int first, int step) {
        int won = 0;
        try (Depot depot = LocalDepot.at(folder.resolve("files")).open("files", Environment.system())) {
            for (int i = first; i >= 0 && i < NAMES; i += step) {
                try {
                    depot.put(
                            Rn.file("files", "names", "n" + i),
                            new ByteArrayInputStream(new byte[i]),
                            PutOptions.NONE.when(PutCondition.ABSENT));
                    won++;
                } catch (FileExistsException lost) {
                    assertThat(lost.getMessage()).contains("n" + i);
                }
            }
        }
        return won;
    }

    private OtherProcess start(String what) throws IOException {
        return OtherProcess.start(Program.class, List.of("-Xmx64m"), List.of(folder.toString(), what));
    }

    private static List<String> all(Pool pool) {
        try (Stream<FileEntry> files = pool.depot("files").list(Rn.prefix("files"))) {
            return files.map(entry -> String.join("/", entry.rn().depotParts()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void each_name_is_stored_by_one_of_two_programs_that_ask_for_its_absence() throws Exception {
        try (OtherProcess other = start("absent")) {
            other.await("ready");
            other.tell("go");
            int won = putAbsent(folder, 0, 1);

            int lost = Integer.parseInt(other.answer("won "));
            System.out.println("Of " + NAMES + " names this program stored " + won + ", the other " + lost);
            assertThat(won + lost).isEqualTo(NAMES);
        }
        try (Pool pool = pool(folder)) {
            assertThat(all(pool)).hasSize(NAMES);
            for (int i = 0; i < NAMES; i++) {
                assertThat(pool.files().get(Rn.file("files", "names", "n" + i)).bytes())
                        .hasSize(i);
            }
        }
    }

    @Test
    void a_sweep_and_an_opening_leave_alone_what_another_program_is_staging() throws Exception {
        try (OtherProcess other = start("stage")) {
            other.await("staging");
            try (Pool pool = pool(folder)) {
                assertThat(all(pool))
                        .hasSize(1)
                        .allMatch(name -> name.startsWith("__korm_staging__/main/") && name.endsWith("/scan"));
                assertThat(pool.sweep().run()).isEqualTo(new SweepReport(0, 0, 0, 0, 0, 0, 0, 0));
                other.tell("go on");

                assertThat(other.answer("created ")).isEqualTo("text");
                assertThat(pool.sweep().run()).isEqualTo(new SweepReport(2, 2, 0, 0, 0, 0, 0, 0));
                assertThat(all(pool)).containsExactly("more", "scan");
            }
        }
    }

    @Test
    void what_a_killed_program_was_staging_goes_when_it_is_old_enough() throws Exception {
        try (OtherProcess other = start("stage")) {
            other.await("staging");
            other.kill();
        }
        try (Pool pool = pool(folder)) {
            assertThat(letters(pool).fromQuery("letters", "private").get()).isEmpty();
            assertThat(pool.sweep().run().leftovers()).isZero();
            assertThat(pool.sweep().grace(Duration.ZERO).run().leftovers()).isEqualTo(1);

            assertThat(all(pool)).isEmpty();
        }
    }

    @Test
    void sweeps_while_another_program_writes_take_nothing_that_is_named() throws Exception {
        try (OtherProcess other = start("write");
                Pool pool = pool(folder)) {
            other.await("ready");
            other.tell("go");
            write(pool, "own");
            for (int i = 0; i < 5; i++) {
                assertThat(pool.sweep().run().missing()).isZero();
            }
            other.await("written");

            // What is under way elsewhere is never an hour old, so no grace is needed but for what was deleted.
            SweepReport report = pool.sweep().run();
            assertThat(report.missing()).isZero();
            assertThat(report.unnamed()).isZero();
            assertThat(letters(pool)
                            .fromQuery("letters", "private")
                            .resolvePaths("scan")
                            .get())
                    .hasSize(60)
                    .allSatisfy(
                            letter -> assertThat(letter.data().scan().bytes()).containsExactly(2));
        }
    }

    @Test
    void of_two_programs_that_bring_a_file_to_one_name_the_later_revision_is_there_in_the_end() throws Exception {
        try (OtherProcess other = start("newer");
                Depot depot = LocalDepot.at(folder.resolve("files")).open("files", Environment.system())) {
            other.await("ready");
            for (int round = 1; round <= 60; round++) {
                int own = 2 * round + round % 2;
                int others = 2 * round + (round + 1) % 2;
                other.tell("" + others);
                stage(depot, own);
                other.await("staged");
                other.tell("go");
                move(depot, own);
                other.await("moved");

                try (FileContent content = depot.get(Rn.file("files", "docs", "x"))) {
                    assertThat(content.stream().readAllBytes())
                            .asString(StandardCharsets.UTF_8)
                            .isEqualTo("" + (2 * round + 1));
                }
            }
            other.tell("end");
        }
    }

    @Test
    void two_programs_label_one_name_at_once_without_attributes_of_files() throws Exception {
        try (OtherProcess other = start("labels")) {
            other.await("ready");
            other.tell("go");
            label(folder, "mine!");
            other.await("labelled");
        }
        try (Depot depot = LocalDepot.at(folder.resolve("files"))
                        .withoutAttributes()
                        .open("files", Environment.system());
                FileContent content = depot.get(Rn.file("files", "docs", "x"))) {
            String text = new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(content.stat().contentType()).contains("text/" + text.substring(0, 5));
            assertThat(content.stat().attributes()).containsEntry("number", text.substring(6));
            assertThat(content.stat().sha256()).isPresent();
        }
    }
}
