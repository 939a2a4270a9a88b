package dev.korm.engine.softdelete;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.jdbc.Sqlite;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.spi.support.ForwardingLayer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Marked rows stay out of whatever is read through a layer, by whichever way. */
class LiveLayerTest {
    private static final TableName NOTES = TableName.items("notes", "note");
    private static final ColumnSchema MARK = new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);

    @TempDir
    Path folder;

    /** A layer that evaluates no condition, such as a service that is reached by keys. */
    private static Layer withoutConditions(Layer layer) {
        return new ForwardingLayer(layer) {
            @Override
            public Capabilities capabilities() {
                return super.capabilities().withPushdown(condition -> condition.equals(Condition.ALWAYS));
            }
        };
    }

    private static List<String> ids(Function<Selection, RowCursor> reading) {
        Selection all = new Selection(
                NOTES,
                List.of(),
                List.of(new Output.Value(new Operand.Column(0, NOTES.key(), ColumnKind.ID))),
                Condition.ALWAYS,
                List.of(),
                List.of(),
                OptionalLong.empty());
        List<String> ids = new ArrayList<>();
        try (RowCursor rows = reading.apply(all)) {
            while (rows.next()) {
                ids.add(String.valueOf(rows.get(0)));
            }
        }
        return ids;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void marked_rows_are_in_no_answer(boolean evaluates) {
        Layer store = Sqlite.file(folder.resolve("notes.sqlite")).open("main", Environment.system());
        try (LiveLayer layer = new LiveLayer(evaluates ? store : withoutConditions(store))) {
            ColumnSchema key = new ColumnSchema(NOTES.key(), ColumnKind.ID);
            layer.evolve(new TableSchema(NOTES, List.of(key, MARK), List.of()), Set.of());
            assertThat(layer.apply(Batch.of(List.of(
                            new Mutation.Insert(NOTES, "gone", List.of(MARK), Row.of(17L)),
                            new Mutation.Insert(NOTES, "there", List.of(), Row.of())))))
                    .isInstanceOf(BatchResult.Applied.class);

            assertThat(ids(layer.all()::select)).containsExactlyInAnyOrder("gone", "there");
            assertThat(ids(layer::select)).containsExactly("there");
            assertThat(ids(selection -> layer.compile(selection).select(List.of())))
                    .containsExactly("there");
            try (Snapshot moment = layer.snapshot()) {
                assertThat(ids(moment::select)).containsExactly("there");
            }
        }
    }
}
