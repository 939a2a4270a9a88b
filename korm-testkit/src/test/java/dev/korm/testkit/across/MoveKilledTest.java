package dev.korm.testkit.across;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import dev.korm.relocate.RelocationProgress.Phase;
import dev.korm.testkit.Seed;
import dev.korm.testkit.postgres.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that moves a collection from SQLite to PostgreSQL, is killed, and is followed by another one. */
@NullUnmarked // Tests dereference what they expect to be there.
class MoveKilledTest {
    private static final byte[] KEY = new byte[32];

    record Member(
            String name,
            Unique<String> login,
            long points,
            Encrypted<String> secret,
            @Nullable Rn<Member> mentor) {}

    record Club(String name, Rn<Member> chair) {}

    @TempDir
    Path folder;

    @Test
    void a_move_that_is_killed_is_finished_by_the_next_program() throws Exception {
        kill(Seed.next(MoveKilledTest.class), 1, 300, 4);
    }

    @Test
    @Tag("long")
    void moves_that_are_killed_again_and_again_are_finished_in_the_end() throws Exception {
        kill(Seed.next(MoveKilledTest.class), 10, 2_000, 12);
    }

    /**
     * @param rounds how many collections are moved
     * @param items how many each has
     * @param most how many programs are killed over one move; the one after them is left alone
     */
    private void kill(long seed, int rounds, int items, int most) throws Exception {
        Random random = new Random(seed);
        Set<Phase> met = EnumSet.noneOf(Phase.class);
        for (int round = 0; round < rounds; round++) {
            String file = folder.resolve("old" + round + ".sqlite").toString();
            String schema = PostgresServer.newSchema();
            Map<String, String> before = new TreeMap<>();
            List<Item<Club>> clubs = new ArrayList<>();
            try (Pool pool = open(file, PostgresServer.url(), schema)) {
                clubs.addAll(fill(pool, items));
                before.putAll(contents(pool, "old"));
            }
            int killed = 0;
            // Each lives a little longer than the one before, so that every phase sees one die.
            while (!program(file, schema, killed < most ? 1 + random.nextInt(4 + 3 * killed) : 0, met)) {
                killed++;
            }
            try (Pool pool = open(file, PostgresServer.url(), schema)) {
                assertThat(contents(pool, "old"))
                        .as("seed %d, round %d, %d killed", seed, round, killed)
                        .isEmpty();
                assertThat(contents(pool, "new"))
                        .as("seed %d, round %d, %d killed", seed, round, killed)
                        .isEqualTo(before);
                for (Item<Club> club : clubs) {
                    Item<Club> now = Korm.item(Club.class, pool)
                            .fromRn(club.rn())
                            .resolvePaths("chair.mentor")
                            .requireReferences()
                            .get();
                    assertThat(now.data().chair().layer()).contains("new");
                    assertThat(now.data().chair().isResolved()).isTrue();
                }
                assertThat(pool.danglingReferences()).isEmpty();
                assertThat(relocation(pool).move().items())
                        .as("nothing is left to do")
                        .isZero();
            }
            System.out.println("Round " + round + ": " + killed + " programs were killed, in " + met);
        }
    }

    /**
     * Runs a program that moves.
     *
     * @param steps how many steps it tells of before it is killed; 0 for none
     * @param met gains the phases in which programs were killed
     * @return whether it came to its end
     */
    private static boolean program(String file, String schema, int steps, Set<Phase> met)
            throws IOException, InterruptedException {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        file,
                        PostgresServer.url(),
                        schema)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int told = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("done")) {
                    assertThat(program.waitFor()).isZero();
                    return true;
                }
                told++;
                if (told == steps) {
                    met.add(Phase.valueOf(line));
                    program.toHandle().destroyForcibly(); // Process.destroyForcibly would close the stream too.
                }
            }
        }
        assertThat(program.waitFor()).as("it was killed, and did not fail").isEqualTo(128 + 9);
        return false;
    }

    private static Pool open(String file, String url, String schema) {
        return Korm.pool()
                .layer("old", Sqlite.file(file))
                .layer("new", Postgres.url(url).schema(schema).poolSize(4))
                .keys(KeyRing.of("k", Map.of("k", KEY)))
                .open();
    }

    private static dev.korm.relocate.Relocation<Member> relocation(Pool pool) {
        return Korm.collection(Member.class, pool).from("old", "club", "member").to("new");
    }

    private static List<Item<Club>> fill(Pool pool, int count) {
        Items<Member> members = Korm.item(Member.class, pool);
        List<Item<Member>> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Rn<Member> mentor =
                    i % 3 == 0 || made.isEmpty() ? null : made.get(i / 2).rn();
            made.add(members.fromData(
                            "old",
                            "club",
                            "member",
                            new Member("Member " + i, Unique.of("login" + i), i, Encrypted.of("secret " + i), mentor))
                    .create());
        }
        List<Item<Club>> clubs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String layer = i % 2 == 0 ? "old" : "new";
            clubs.add(Korm.item(Club.class, pool)
                    .fromData(
                            layer,
                            "club",
                            "club",
                            new Club("Club " + i, made.get(i * 7).rn()))
                    .create());
        }
        return clubs;
    }

    /** What each item says, secrets in clear, and references by what they name. */
    private static Map<String, String> contents(Pool pool, String layer) {
        Map<String, String> contents = new HashMap<>();
        for (Item<Member> item :
                Korm.item(Member.class, pool).fromQuery(layer, "club", "member").get()) {
            Member data = item.data();
            String mentor = data.mentor() == null ? "" : data.mentor().id().orElseThrow();
            String before = contents.put(
                    item.rn().id().orElseThrow(),
                    Document.of(Map.of(
                                            "name",
                                            data.name(),
                                            "login",
                                            data.login().value()))
                                    .toJson()
                            + data.points() + " " + data.secret().reveal() + " " + mentor);
            assertThat(before).as("each is there once").isNull();
        }
        return contents;
    }

    /** What is killed. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            try (Pool pool = open(arguments[0], arguments[1], arguments[2])) {
                relocation(pool)
                        .onProgress(progress -> System.out.println(progress.phase()))
                        .move();
            }
            System.out.println("done");
        }
    }
}
