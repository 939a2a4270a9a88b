package dev.korm.engine.transaction;

import dev.korm.engine.federation.StreamCursor;
import dev.korm.engine.transaction.PendingRows.PendingRow;
import dev.korm.spi.Layer;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Evaluator;
import dev.korm.spi.evaluate.Scope;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A selection of one table of which some rows are pending. The store is asked for the rows that it holds; those that are pending are taken out and put
 * in as they will be, at their place in the order. Rows pass one by one, except where they are grouped. For one selection.
 */
final class OverlaidRows {
    /** Ids that are left out by the store itself, where rows are only counted. */
    private static final int MOST_LEFT_OUT = 500;

    private final Layer store;
    private final Map<String, PendingRow> pending;
    private final Evaluator evaluator;

    OverlaidRows(Layer store, Map<String, PendingRow> pending) {
        this.store = store;
        // What becomes pending, or ceases to be, while rows are read is no matter of this selection.
        this.pending = new LinkedHashMap<>(pending);
        this.evaluator = new Evaluator(store.name(), (table, id) -> {
            throw new IllegalStateException("A layer with pending rows joins no tables");
        });
    }

    RowCursor select(Selection selection) {
        List<Scope> own = own(selection);
        if (isCount(selection)) {
            return counted(selection, own.size());
        }
        Columns columns = Columns.of(selection);
        boolean grouped = selection.isGrouped();
        RowCursor rows = store.select(new Selection(
                selection.from(),
                List.of(),
                columns.outputs(),
                selection.where(),
                List.of(),
                grouped ? List.of() : selection.order(),
                grouped ? OptionalLong.empty() : more(selection.limit())));
        Iterator<Scope> stored = new Stored(rows, columns);
        Selection rest = selection.withWhere(Condition.ALWAYS);
        try {
            if (grouped) {
                return new StreamCursor(evaluator.select(rest, together(own.iterator(), stored)), rows::close);
            }
            Comparator<Scope> order = evaluator.order(selection.order());
            own.sort(order);
            Iterator<Scope> merged = new Merged(own.iterator(), stored, order);
            return new StreamCursor(evaluator.select(rest.withOrder(List.of()), stream(merged)), rows::close);
        } catch (RuntimeException | Error failed) {
            rows.close();
            throw failed;
        }
    }

    /** Returns the pending rows that are selected. */
    private List<Scope> own(Selection selection) {
        Evaluator.RowTest test = evaluator.test(selection.where());
        List<Scope> own = new ArrayList<>();
        for (PendingRow row : pending.values()) {
            if (row.exists()) {
                Scope scope = Scope.of(0, row);
                if (test.test(scope).isTrue()) {
                    own.add(scope);
                }
            }
        }
        return own;
    }

    /** As many of the rows may have to be taken out again. */
    private OptionalLong more(OptionalLong limit) {
        return limit.isEmpty() || limit.getAsLong() == 0
                ? limit
                : OptionalLong.of(Math.addExact(Math.min(limit.getAsLong(), Long.MAX_VALUE / 2), pending.size()));
    }

    private boolean isCount(Selection selection) {
        return selection.groupBy().isEmpty()
                && !selection.outputs().isEmpty()
                && selection.outputs().stream().allMatch(Output.Count.class::isInstance)
                && pending.size()
                        <= Math.min(MOST_LEFT_OUT, store.capabilities().parameterLimit() / 2)
                && store.capabilities().pushdown().test(oneOfPending(selection.from()));
    }

    private Condition oneOfPending(TableName table) {
        return new Condition.OneOf(new Operand.Column(0, table.key(), ColumnKind.ID), List.copyOf(pending.keySet()));
    }

    private RowCursor counted(Selection selection, long own) {
        Condition others =
                new Condition.And(List.of(selection.where(), new Condition.Not(oneOfPending(selection.from()))));
        long count = own;
        try (RowCursor row = store.select(new Selection(
                selection.from(),
                List.of(),
                List.of(new Output.Count()),
                others,
                List.of(),
                List.of(),
                OptionalLong.empty()))) {
            count += row.next() && row.get(0) instanceof Number number ? number.longValue() : 0;
        }
        @Nullable Object[] counts = new @Nullable Object[selection.outputs().size()];
        Arrays.fill(counts, count);
        return new StreamCursor(
                Stream.of(Row.of(counts)).limit(selection.limit().orElse(1)), () -> {});
    }

    private static Stream<Scope> together(Iterator<Scope> first, Iterator<Scope> second) {
        return Stream.concat(stream(first), stream(second));
    }

    private static Stream<Scope> stream(Iterator<Scope> rows) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    /** The columns that a selection looks at, the key first. */
    private record Columns(List<Output> outputs, Map<String, Integer> positions) {
        static Columns of(Selection selection) {
            List<Output> outputs = new ArrayList<>();
            Map<String, Integer> positions = new HashMap<>();
            String key = selection.from().key();
            positions.put(key, 0);
            outputs.add(new Output.Value(new Operand.Column(0, key, ColumnKind.ID)));
            for (Operand.Column column : selection.columnsBySource().getOrDefault(0, Set.of())) {
                if (positions.putIfAbsent(column.name(), outputs.size()) == null) {
                    outputs.add(new Output.Value(column));
                }
            }
            return new Columns(outputs, positions);
        }
    }

    /** The store's rows without those that are pending. */
    private final class Stored implements Iterator<Scope> {
        private final RowCursor rows;
        private final Columns columns;
        private @Nullable Scope next;
        private boolean ended;

        Stored(RowCursor rows, Columns columns) {
            this.rows = rows;
            this.columns = columns;
        }

        @Override
        public boolean hasNext() {
            while (next == null && !ended) {
                if (!rows.next()) {
                    ended = true;
                } else if (!pending.containsKey(String.valueOf(rows.get(0)))) {
                    next = copy();
                }
            }
            return next != null;
        }

        private Scope copy() {
            @Nullable Object[] values = new @Nullable Object[columns.outputs().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = rows.get(i);
            }
            return Scope.of(0, name -> {
                Integer position = columns.positions().get(name);
                return position == null ? null : values[position];
            });
        }

        @Override
        public Scope next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException();
            }
            Scope row = next;
            next = null;
            return row;
        }
    }

    /** Two ordered sequences of rows as one. */
    private static final class Merged implements Iterator<Scope> {
        private final Iterator<Scope> left;
        private final Iterator<Scope> right;
        private final Comparator<Scope> order;
        private @Nullable Scope nextLeft;
        private @Nullable Scope nextRight;

        Merged(Iterator<Scope> left, Iterator<Scope> right, Comparator<Scope> order) {
            this.left = left;
            this.right = right;
            this.order = order;
        }

        @Override
        public boolean hasNext() {
            nextLeft = nextLeft == null && left.hasNext() ? left.next() : nextLeft;
            nextRight = nextRight == null && right.hasNext() ? right.next() : nextRight;
            return nextLeft != null || nextRight != null;
        }

        @Override
        public Scope next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Scope ofLeft = nextLeft;
            Scope ofRight = nextRight;
            if (ofLeft != null && (ofRight == null || order.compare(ofLeft, ofRight) <= 0)) {
                nextLeft = null;
                return ofLeft;
            }
            nextRight = null;
            return Objects.requireNonNull(ofRight);
        }
    }
}
