package dev.korm.engine;

import dev.korm.query.Tables;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Condition;
import dev.korm.spi.Join;
import dev.korm.spi.Layer;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Answers selections for layers that cannot do all of it: what of the condition they can evaluate is asked of them, the rest
 * is evaluated here over the rows that come through, one by one. Rows are held only where the selection orders or groups.
 */
final class Residual {
    /** Joined rows that are remembered while one question is answered. */
    private static final int MOST_JOINED = 10_000;

    private final Layer layer;
    private final Tables tables;
    private final Capabilities capabilities;

    Residual(Layer layer, Tables tables) {
        this.layer = layer;
        this.tables = tables;
        this.capabilities = layer.capabilities();
    }

    /** Whether the layer does all of it. */
    boolean isNone(Selection selection) {
        return isPushable(selection.joins()) && isPushable(selection.where());
    }

    /** The selection's answer, with the residual evaluated here. */
    RowCursor select(Selection selection) {
        Whole whole = new Whole(shape(selection.from()));
        List<Condition> pushed = new ArrayList<>();
        for (Condition conjunct : conjuncts(selection.where())) {
            if (readsOnly(conjunct) && isPushable(conjunct)) {
                pushed.add(conjunct);
            }
        }
        RowCursor rows = layer.select(whole.selection(new Condition.All(pushed)));
        Stream<Scope> scopes = stream(rows, whole);
        return new StreamCursor(new Evaluator(layer.name(), lookup()).select(selection, scopes));
    }

    private TableShape shape(TableName table) {
        return tables.shape(table).orElseThrow(() -> new IllegalStateException("No table " + table));
    }

    private boolean isPushable(List<Join> joins) {
        return joins.isEmpty() || capabilities.joins() == Capabilities.Joins.SUPPORTED;
    }

    private boolean isPushable(Condition condition) {
        if (condition instanceof Condition.All all) {
            return all.conditions().stream().allMatch(this::isPushable);
        }
        if (condition instanceof Condition.Any any) {
            return any.conditions().stream().allMatch(this::isPushable);
        }
        if (condition instanceof Condition.Not not) {
            return isPushable(not.condition());
        }
        if (condition instanceof Condition.AnyElement any && !isPushable(any.joins())) {
            return false;
        }
        return capabilities.pushdown().test(condition);
    }

    private static List<Condition> conjuncts(Condition condition) {
        if (!(condition instanceof Condition.All all)) {
            return List.of(condition);
        }
        List<Condition> conjuncts = new ArrayList<>();
        all.conditions().forEach(inner -> conjuncts.addAll(conjuncts(inner)));
        return conjuncts;
    }

    /** Whether a condition reads the selection's own table alone, and so can be asked without its joins. */
    private static boolean readsOnly(Condition condition) {
        if (condition instanceof Condition.All all) {
            return all.conditions().stream().allMatch(Residual::readsOnly);
        }
        if (condition instanceof Condition.Any any) {
            return any.conditions().stream().allMatch(Residual::readsOnly);
        }
        if (condition instanceof Condition.Not not) {
            return readsOnly(not.condition());
        }
        if (condition instanceof Condition.Compare compare) {
            return readsOnly(compare.operand());
        }
        if (condition instanceof Condition.OneOf oneOf) {
            return readsOnly(oneOf.operand());
        }
        if (condition instanceof Condition.Matches matches) {
            return readsOnly(matches.operand());
        }
        if (condition instanceof Condition.IsNull isNull) {
            return readsOnly(isNull.operand());
        }
        return readsOnly(((Condition.AnyElement) condition).container());
    }

    private static boolean readsOnly(Operand operand) {
        if (operand instanceof Operand.Column column) {
            return column.source() == 0;
        }
        if (operand instanceof Operand.Json json) {
            return readsOnly(json.document());
        }
        if (operand instanceof Operand.FirstOf first) {
            return first.operands().stream().allMatch(Residual::readsOnly);
        }
        return operand instanceof Operand.Absent;
    }

    private static Stream<Scope> stream(RowCursor rows, Whole whole) {
        Iterator<Scope> iterator = new Iterator<>() {
            private boolean read;
            private boolean there;

            @Override
            public boolean hasNext() {
                if (!read) {
                    there = rows.next();
                    read = true;
                }
                return there;
            }

            @Override
            public Scope next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                read = false;
                return Scope.of(0, whole.copy(rows));
            }
        };
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(iterator, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(rows::close);
    }

    /** Finds joined rows by their ids, one question each, and remembers them. */
    private Evaluator.Lookup lookup() {
        Map<List<String>, Scope.@Nullable SourceRow> known = new LinkedHashMap<>();
        return (table, id) -> {
            List<String> key = List.of(table.text(), id);
            if (!known.containsKey(key)) {
                if (known.size() == MOST_JOINED) {
                    known.clear();
                }
                known.put(key, find(table, id));
            }
            return known.get(key);
        };
    }

    private Scope.@Nullable SourceRow find(TableName table, String id) {
        Whole whole = new Whole(shape(table));
        Condition byId = new Condition.Compare(TableView.idOperand(), Condition.Comparison.EQUAL, id);
        try (RowCursor row = layer.select(whole.selection(byId))) {
            return row.next() ? whole.copy(row) : null;
        }
    }

    /** All columns of a table. */
    private static final class Whole {
        private final TableName table;
        private final Map<String, Integer> columns = new HashMap<>();
        private final List<Output> outputs = new ArrayList<>();

        Whole(TableShape shape) {
            this.table = shape.table();
            for (ColumnShape column : shape.columns()) {
                columns.put(column.name(), outputs.size());
                outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind())));
            }
        }

        Selection selection(Condition where) {
            return new Selection(table, List.of(), outputs, where, List.of(), List.of(), OptionalLong.empty());
        }

        Scope.SourceRow copy(RowCursor row) {
            @Nullable Object[] values = new Object[outputs.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = row.get(i);
            }
            return name -> {
                Integer column = columns.get(name);
                return column == null ? null : values[column];
            };
        }
    }

    /** Rows of a stream as a cursor. */
    private static final class StreamCursor implements RowCursor {
        private final Stream<Row> stream;
        private final Iterator<Row> rows;
        private @Nullable Row row;

        StreamCursor(Stream<Row> stream) {
            this.stream = stream;
            this.rows = stream.iterator();
        }

        @Override
        public boolean next() {
            row = rows.hasNext() ? rows.next() : null;
            return row != null;
        }

        @Override
        public @Nullable Object get(int column) {
            if (row == null) {
                throw new IllegalStateException("There is no row at hand");
            }
            return row.get(column);
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
