package dev.korm.engine.item;

import dev.korm.Change;
import dev.korm.Rn;
import dev.korm.schema.ColumnLoss;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The columns that a change would have to replace, and the values that are in them. */
public final class ColumnLosses {
    private ColumnLosses() {}

    /** Returns the values that a change would lose if it replaced the columns that do not fit it. */
    public static List<ColumnLoss> of(Change<?> change) {
        if (change instanceof ChangedItem<?> changed) {
            return of(changed.home(), changed, new HashSet<>(changed.changedFields()));
        }
        return change instanceof NewItem<?> item ? of(item.home(), item, null) : List.of();
    }

    private static <T> List<ColumnLoss> of(
            CollectionHandle<?> home, ItemState<T, ?> item, @Nullable Set<String> fields) {
        @SuppressWarnings("unchecked") // An item's home is that of its type.
        CollectionHandle<T> own = (CollectionHandle<T>) home;
        Optional<TableSchema> schema = own.layer().schema(own.table());
        if (schema.isEmpty()) {
            return List.of();
        }
        TableSchema wanted = own.model().wanted(own.table(), item.data());
        Set<String> written = fields != null
                ? fields
                : wanted.columns().stream().map(ColumnSchema::name).collect(Collectors.toSet());
        return count(own, schema.get(), differing(schema.get(), wanted, written));
    }

    /** Returns the names of the columns, hidden ones among them, whose kind is not the one that is wanted. */
    static Set<String> differing(TableSchema actual, TableSchema wanted, Set<String> fields) {
        Set<String> differing = new HashSet<>();
        for (ColumnSchema column : wanted.columns()) {
            boolean differs = actual.column(column.name())
                    .filter(there -> there.kind() != column.kind())
                    .isPresent();
            if (differs && (fields.contains(column.name()) || column.isHidden())) {
                differing.add(column.name());
            }
        }
        return differing;
    }

    /** Counts the values in columns that are not hidden, also those of items that are deleted and kept. */
    static List<ColumnLoss> count(CollectionHandle<?> home, TableSchema actual, Set<String> columns) {
        List<ColumnLoss> losses = new ArrayList<>();
        for (String name : columns.stream().sorted().toList()) {
            ColumnSchema column = actual.column(name).orElseThrow();
            if (!column.isHidden()) {
                losses.add(new ColumnLoss(collection(home), name, count(home, column)));
            }
        }
        return losses;
    }

    private static Rn<?> collection(CollectionHandle<?> home) {
        return home.collection();
    }

    private static long count(CollectionHandle<?> home, ColumnSchema column) {
        Selection filled = new Selection(
                home.table(),
                List.of(),
                List.of(new Output.Count()),
                new Condition.Not(new Condition.IsNull(new Operand.Column(0, column.name(), column.kind()))),
                List.of(),
                List.of(),
                OptionalLong.empty());
        try (RowCursor row = home.base().layer().allRows().select(filled)) {
            return row.next() && row.get(0) instanceof Number number ? number.longValue() : 0;
        }
    }

    /** Returns a sentence with the counts, for messages. */
    static String text(List<ColumnLoss> losses) {
        return losses.stream().map(ColumnLoss::toString).collect(Collectors.joining(", "));
    }
}
