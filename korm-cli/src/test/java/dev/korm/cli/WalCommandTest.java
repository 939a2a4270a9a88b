package dev.korm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.StoreException.Outcome;
import dev.korm.depots.local.LocalDepot;
import dev.korm.jdbc.Sqlite;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.wal.Wal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A journal with a change that a person has to decide about. Runs the jar where there is one, and the class otherwise. */
@NullUnmarked // Tests dereference what they expect to be there.
class WalCommandTest {
    record Note(String text) {}

    @TempDir
    Path folder;

    private KormProcess korm(String... arguments) throws IOException, InterruptedException {
        return KormProcess.run(folder, arguments);
    }

    private String journal() {
        return folder.resolve("journal").toString();
    }

    private Path file(String layer) {
        return folder.resolve(layer + ".sqlite");
    }

    private Pool open(FaultyLayer left) {
        PoolBuilder builder = Korm.pool()
                .layer("left", left)
                .layer("right", Sqlite.file(file("right")))
                .withWal(Wal.at(Path.of(journal())));
        depots.forEach((name, source) -> builder.depot(name, source));
        return builder.open();
    }

    /** Those of the pool. */
    private Map<String, LocalDepot> depots = Map.of();

    /** Leaves a change that is in one layer and not in the other, where somebody has changed the same item since. */
    private String quarantined() {
        FaultyLayer left = FaultyLayer.around(Sqlite.file(file("left")));
        String id;
        try (Pool pool = open(left)) {
            Items<Note> notes = Korm.item(Note.class, pool);
            Item<Note> note =
                    notes.fromData("left", "notes", "note", new Note("one")).create();
            left.failNext(Call.COMMIT, Moment.BEFORE, Outcome.NOT_APPLIED);
            left.failNext(Call.APPLY, Moment.BEFORE, Outcome.NOT_APPLIED);
            var change = Korm.tx(
                    note.set(Note::text, "ours, a secret"),
                    notes.fromData("right", "notes", "note", new Note("ours, a secret")));
            IncompleteChangeException[] incomplete = new IncompleteChangeException[1];
            assertThatThrownBy(change::persist)
                    .isInstanceOfSatisfying(IncompleteChangeException.class, failed -> incomplete[0] = failed);
            id = incomplete[0].change();
            note.set(Note::text, "theirs").commit();
        }
        open(left).close();
        return id;
    }

    private String left() {
        try (Pool pool = Korm.pool().layer("left", Sqlite.file(file("left"))).open()) {
            return Korm.item(Note.class, pool)
                    .fromQuery("left", "notes", "note")
                    .get()
                    .get(0)
                    .data()
                    .text();
        }
    }

    @Test
    void what_waits_is_listed_and_shown_without_values() throws Exception {
        String id = quarantined();
        KormProcess listed = korm("wal", "list", journal());
        assertThat(listed.err()).isEmpty();
        assertThat(listed.out()).matches(id + "\tquarantined\t\\S+Z\t[0-9a-f]{16}\tleft=1 right=1\n");
        KormProcess shown = korm("wal", "show", journal(), id);
        assertThat(shown.exit()).isZero();
        assertThat(shown.out())
                .contains(
                        "state       quarantined: a person has to decide, by `korm wal resolve`\n",
                        "decided by  right\n",
                        "layer       left\n  change\t[rn][from::left]:notes:note:")
                .doesNotContain("secret");
        KormProcess unknown = korm("wal", "show", journal(), "change-0");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err()).contains("There is no change change-0");
        KormProcess kept = korm("wal", "list", "--kept", journal());
        assertThat(kept).isEqualTo(new KormProcess(0, "", "No finished change was kept in " + journal() + ".\n"));
        KormProcess beside = korm("wal", "list", folder.toString());
        assertThat(beside.err())
                .isEqualTo("There is no unfinished change in " + folder
                        + ", if that is the folder that the pool was given by Wal.at(…).\n");
    }

    @ParameterizedTest
    @CsvSource({"--ours,'ours, a secret'", "--theirs,theirs", "--forget,theirs"})
    void it_is_settled_as_is_said(String option, String text) throws Exception {
        String id = quarantined();
        KormProcess settled = korm(
                "wal",
                "resolve",
                journal(),
                id,
                "--layer",
                "left=" + file("left"),
                "--layer",
                "right=" + file("right"),
                option);
        assertThat(settled.err()).isEqualTo("The change is settled.\n");
        assertThat(settled.exit()).isZero();
        assertThat(left()).isEqualTo(text);
        assertThat(korm("wal", "list", journal()).out()).isEmpty();
    }

    @Test
    void a_pool_with_depots_is_settled_with_them() throws Exception {
        depots = Map.of("files", LocalDepot.at(folder.resolve("files")));
        String id = quarantined();
        String[] layers = {
            "wal",
            "resolve",
            journal(),
            id,
            "--layer",
            "left=" + file("left"),
            "--layer",
            "right=" + file("right"),
            "--ours"
        };
        KormProcess without = korm(layers);
        assertThat(without.exit()).isEqualTo(1);
        assertThat(without.err()).startsWith("korm wal resolve: ").contains("all its depots by --depot");
        KormProcess settled =
                korm(Stream.concat(Stream.of(layers), Stream.of("--depot", "files=" + folder.resolve("files")))
                        .toArray(String[]::new));
        assertThat(settled.err()).isEqualTo("The change is settled.\n");
        assertThat(left()).isEqualTo("ours, a secret");
    }

    @Test
    void what_cannot_be_settled_says_why_and_changes_nothing() throws Exception {
        String id = quarantined();
        KormProcess half = korm("wal", "resolve", journal(), id, "--layer", "left=" + file("left"), "--ours");
        assertThat(half.exit()).isEqualTo(1);
        assertThat(half.err()).contains("give all layers of the pool", "left, right");
        KormProcess missing =
                korm("wal", "resolve", journal(), id, "--layer", "left=" + folder.resolve("no"), "--ours");
        assertThat(missing.err()).contains("is not there");
        assertThat(korm("wal", "resolve", journal(), id, "--layer", "left=x").exit())
                .isEqualTo(2);
        assertThat(korm("wal", "list", folder.resolve("nothing").toString()).exit())
                .isEqualTo(1);
        assertThat(korm("wal", "list", journal()).out()).contains("quarantined");
        assertThat(left()).isEqualTo("theirs");
    }
}
