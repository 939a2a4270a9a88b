package dev.korm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Mutation;
import dev.korm.spi.RowCursor;
import dev.korm.spi.TransactionMarker;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.support.ForwardingLayer;
import dev.korm.testkit.memory.MemoryJournal;
import dev.korm.testkit.memory.MemoryLayer;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Markers of a run that is over, where recovery is cut off between forgetting its log and deleting them. */
class LeftMarkersTest {
    record Note(String text) {}

    private final MemoryJournal journal = MemoryJournal.create();
    private final Watched left = new Watched(MemoryLayer.create());
    private final Watched right = new Watched(MemoryLayer.create());

    /** A layer whose markers are seen, and whose program is killed when it begins to delete some. */
    private static final class Watched implements LayerSource {
        private final LayerSource source;
        private boolean killing;

        Watched(LayerSource source) {
            this.source = source;
        }

        @Override
        public LayerDescription description() {
            return source.description();
        }

        @Override
        public Layer open(String name, Environment environment) {
            return new ForwardingLayer(source.open(name, environment)) {
                @Override
                public BatchResult apply(Batch batch) {
                    if (killing && batch.mutations().stream().anyMatch(Watched::deletesMarkers)) {
                        throw new Killed();
                    }
                    return super.apply(batch);
                }
            };
        }

        private static boolean deletesMarkers(Mutation mutation) {
            return mutation.table().equals(TransactionMarker.TABLE) && !(mutation instanceof Mutation.Insert);
        }

        /** Returns the ids of the markers of changes. */
        Set<String> markers() {
            Set<String> ids = new TreeSet<>();
            Output id = new Output.Value(new Operand.Column(0, TransactionMarker.TABLE.key(), ColumnKind.ID));
            try (Layer layer = source.open("look", Environment.system())) {
                if (layer.describe(TransactionMarker.TABLE).isPresent()) {
                    try (RowCursor row = layer.select(new Selection(
                            TransactionMarker.TABLE,
                            List.of(),
                            List.of(id),
                            Condition.ALWAYS,
                            List.of(),
                            List.of(),
                            OptionalLong.empty()))) {
                        while (row.next()) {
                            ids.add(String.valueOf(row.get(0)));
                        }
                    }
                }
            }
            ids.removeIf(each -> each.startsWith(TransactionMarker.SWEPT));
            return ids;
        }
    }

    /** The end of a program. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private Pool open() {
        return Korm.pool()
                .layer("left", left)
                .layer("right", right)
                .withWal(journal)
                .open();
    }

    private void kill(boolean now) {
        left.killing = now;
        right.killing = now;
    }

    @Test
    void a_later_recovery_deletes_them() {
        Pool killed = open();
        Items<Note> notes = Korm.item(Note.class, killed);
        for (int i = 0; i < 3; i++) {
            Korm.tx(
                            notes.fromData("left", "notes", "note", new Note("one")),
                            notes.fromData("right", "notes", "note", new Note("two")))
                    .persist();
        }
        journal.crash();
        assertThat(left.markers()).hasSize(3).isEqualTo(right.markers());
        kill(true);
        for (int round = 0; round < 2; round++) {
            assertThat(catchThrowable(this::open)).isInstanceOf(Killed.class);
            journal.crash();
            assertThat(left.markers()).hasSize(3).isEqualTo(right.markers());
        }
        kill(false);

        open().close();

        assertThat(left.markers()).isEmpty();
        assertThat(right.markers()).isEmpty();
        int appends = journal.appends();
        open().close();
        assertThat(journal.appends()).as("Nothing is left to be said of them").isEqualTo(appends);
    }
}
