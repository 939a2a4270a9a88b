package dev.korm.testkit.memory;

import dev.korm.spi.Row;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.limit.EvaluationTime;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Answers selections from the tables of one moment. */
final class MemoryQuery {
    private MemoryQuery() {}

    static Stream<Row> answer(String layer, MemoryStore.State state, Selection selection) {
        return answer(layer, state, selection, EvaluationTime.unlimited(layer, selection.from()));
    }

    static Stream<Row> answer(String layer, MemoryStore.State state, Selection selection, EvaluationTime time) {
        MemoryTable from = table(state, selection.from());
        Evaluator evaluator = new Evaluator(layer, (name, id) -> {
            MemoryTable target = table(state, name);
            MemoryTable.StoredRow row = target.row(id);
            return row == null ? null : target.view(row);
        });
        Stream<Scope> rows = StreamSupport.stream(from.rows().spliterator(), false)
                .map(row -> {
                    time.check();
                    return Scope.of(0, from.view(row));
                });
        return evaluator.select(selection, rows);
    }

    static MemoryTable table(MemoryStore.State state, TableName name) {
        MemoryTable table = state.table(name);
        if (table == null) {
            throw new SchemaMovedException(name, new IllegalStateException("There is no such table"));
        }
        return table;
    }
}
