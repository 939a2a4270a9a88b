package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.StoreException.Outcome;
import dev.korm.event.PoolListener;
import dev.korm.recovery.IncompleteChangeException;
import dev.korm.recovery.JournalException;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.RecoveryReport;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.FaultyLayer.Call;
import dev.korm.testkit.fault.FaultyLayer.Moment;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events and counts of a pool of two layers. */
@NullUnmarked // Tests dereference what they expect to be there.
class PoolListenerTest {
    record Note(String text) {}

    private final FaultyLayer left = FaultyLayer.around(MemoryLayer.create());
    private final FaultyLayer right = FaultyLayer.around(MemoryLayer.create());
    private final MemoryJournal journal = MemoryJournal.create();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private Pool pool;

    /** Writes down what it is told. */
    private class Telling implements PoolListener {
        @Override
        public void journalAppended(int entries, Duration took) {
            told.add("appended " + entries);
            assertThat(took).isGreaterThanOrEqualTo(Duration.ZERO);
        }

        @Override
        public void journalFailed(JournalException failure) {
            told.add("journal failed");
        }

        @Override
        public void changeStored(String change, List<String> layers) {
            told.add("stored in " + layers);
        }

        @Override
        public void changeIncomplete(IncompleteChangeException failure) {
            told.add("incomplete in " + failure.missing());
        }

        @Override
        public void conflict(ConflictException conflict) {
            told.add("conflict");
        }

        @Override
        public void recoveryBegun() {
            told.add("recovery begun");
        }

        @Override
        public void recoveryEnded(RecoveryReport report, Duration took) {
            told.add("recovery ended, found " + report.found());
        }

        @Override
        public void quarantined(QuarantinedChange change) {
            told.add("quarantined in " + change.missing().get(0).layer());
        }
    }

    /** Fails in each event, and calls the pool. */
    private static class Throwing implements PoolListener {
        @Override
        public void journalAppended(int entries, Duration took) {
            throw new IllegalStateException("A listener is not right");
        }

        @Override
        public void changeStored(String change, List<String> layers) {
            throw new AssertionError("Nor is this");
        }

        @Override
        public void conflict(ConflictException conflict) {
            throw new StackOverflowError("It calls itself");
        }
    }

    private PoolBuilder builder() {
        return Korm.pool().layer("left", left).layer("right", right).withWal(journal);
    }

    @BeforeEach
    void open() {
        pool = builder().listener(new Throwing()).listener(new Telling()).open();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private Item<Note> note(String layer, String text) {
        return Korm.item(Note.class, pool)
                .fromData(layer, "notes", "note", new Note(text))
                .create();
    }

    private List<Item<?>> change() {
        Items<Note> notes = Korm.item(Note.class, pool);
        return Korm.tx(
                        notes.fromData("left", "notes", "note", new Note("one")),
                        notes.fromData("right", "notes", "note", new Note("two")))
                .persist();
    }

    @Test
    void a_change_of_two_layers_is_told_in_the_order_of_what_happens() {
        assertThat(told).containsExactly("recovery begun", "recovery ended, found 0");
        told.clear();
        change();
        assertThat(told).containsExactly("appended 1", "stored in [left, right]");
        assertThat(pool.metrics().journalAppends()).isEqualTo(1);
        assertThat(pool.metrics().journalEntries()).isEqualTo(1);
        assertThat(pool.metrics().storedChanges()).isEqualTo(1);
        assertThat(pool.metrics().recoveries()).isEqualTo(1);
    }

    @Test
    void a_change_of_one_layer_tells_nothing() {
        told.clear();
        note("left", "one");
        assertThat(told).isEmpty();
    }

    @Test
    void a_conflict_is_told_and_counted() {
        Item<Note> note = note("left", "one");
        Item<Note> same = Korm.item(Note.class, pool).fromRn(note.rn()).get();
        note.set(Note::text, "two").commit();
        told.clear();
        assertThatThrownBy(() -> same.set(Note::text, "three").commit()).isInstanceOf(ConflictException.class);
        assertThat(told).containsExactly("conflict");
        assertThat(pool.metrics().conflicts()).isEqualTo(1);
    }

    @Test
    void a_journal_that_fails_is_told_once() {
        journal.failAppend(1, MemoryJournal.Kept.NOTHING);
        told.clear();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::change).isInstanceOf(JournalException.class);
        }
        assertThat(told).containsExactly("journal failed");
        assertThat(pool.metrics().journalFailures()).isEqualTo(1);
        assertThat(pool.metrics().storedChanges()).isZero();
    }

    @Test
    void a_change_that_one_layer_lacks_is_told_and_the_recovery_that_finishes_it() {
        change();
        told.clear();
        left.failNext(Call.COMMIT, Moment.BEFORE, Outcome.NOT_APPLIED);
        left.failNext(Call.APPLY, Moment.BEFORE, Outcome.NOT_APPLIED);
        assertThatThrownBy(this::change).isInstanceOf(IncompleteChangeException.class);
        assertThat(told).containsExactly("appended 2", "incomplete in [left]");
        told.clear();
        assertThat(pool.recovery().retry().finished()).isEqualTo(1);
        assertThat(told).containsExactly("recovery begun", "recovery ended, found 1");
        assertThat(pool.metrics().incompleteChanges()).isEqualTo(1);
        assertThat(pool.metrics().recoveredChanges()).isEqualTo(1);
    }
}
