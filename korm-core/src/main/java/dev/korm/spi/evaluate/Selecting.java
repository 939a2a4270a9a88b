package dev.korm.spi.evaluate;

import dev.korm.spi.Row;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers one selection: joins, tests, then groups or not, orders, cuts. */
final class Selecting {
    private static final int SPARE = 64;

    private final Selection selection;
    private final List<UnaryOperator<Scope>> joins;
    private final Evaluator.RowTest where;
    /** The outputs, then the sort keys: what has to be known of each row. */
    private final List<Output> wanted;

    private final LongConsumer held;

    /** @param held is told how many rows or groups are held, whenever there is one more */
    Selecting(Evaluator evaluator, Selection selection, LongConsumer held) {
        this.held = held;
        this.selection = selection;
        this.joins = selection.joins().stream().map(evaluator::join).toList();
        this.where = evaluator.test(selection.where());
        this.wanted = new ArrayList<>(selection.outputs());
        for (SortKey key : selection.order()) {
            if (Operands.isJson(key.output().kind())) {
                throw new IllegalArgumentException("JSON values have no order, rows cannot be sorted by them");
            }
            wanted.add(key.output());
        }
    }

    Stream<Row> answer(Stream<Scope> rows) {
        Stream<Scope> selected =
                rows.map(this::joined).filter(row -> where.test(row).isTrue());
        Stream<@Nullable Object[]> answer = selection.isGrouped() ? grouped(selected) : plain(selected);
        if (!selection.order().isEmpty()) {
            answer = selection.limit().isPresent()
                    ? whole(answer, all -> first(all, selection.limit().getAsLong()))
                    : counted(answer).sorted(order());
        }
        if (selection.limit().isPresent()) {
            answer = answer.limit(selection.limit().getAsLong());
        }
        return answer.map(this::row);
    }

    private Stream<@Nullable Object[]> counted(Stream<@Nullable Object[]> rows) {
        AtomicLong count = new AtomicLong();
        return rows.peek(row -> held.accept(count.incrementAndGet()));
    }

    private Scope joined(Scope row) {
        Scope scope = row;
        for (UnaryOperator<Scope> join : joins) {
            scope = join.apply(scope);
        }
        return scope;
    }

    /** Returns the first rows in order; few more than those are held at any time. */
    private List<@Nullable Object[]> first(Stream<@Nullable Object[]> rows, long limit) {
        Comparator<@Nullable Object[]> order = order();
        List<@Nullable Object[]> first = new ArrayList<>();
        rows.forEachOrdered(row -> {
            first.add(row);
            held.accept(first.size());
            if (first.size() >= 2 * limit + SPARE) {
                cut(first, order, limit);
            }
        });
        cut(first, order, limit);
        return first;
    }

    private static void cut(List<@Nullable Object[]> rows, Comparator<@Nullable Object[]> order, long limit) {
        rows.sort(order);
        if (rows.size() > limit) {
            rows.subList((int) limit, rows.size()).clear();
        }
    }

    private Stream<@Nullable Object[]> plain(Stream<Scope> rows) {
        List<Operands.Reader> readers = new ArrayList<>();
        for (Output output : wanted) {
            if (!(output instanceof Output.Value value)) {
                throw new IllegalArgumentException("Rows that are not grouped cannot be sorted by an aggregate");
            }
            readers.add(reader(value, readers.size()));
        }
        return rows.map(row -> {
            @Nullable Object[] values = new @Nullable Object[readers.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = readers.get(i).read(row);
            }
            return values;
        });
    }

    /** Columns are answered as they are stored; what rows are ordered by is compared. */
    private Operands.Reader reader(Output.Value value, int position) {
        return position < selection.outputs().size()
                ? Operands.output(value.operand())::of
                : Operands.reader(value.operand());
    }

    private Stream<@Nullable Object[]> grouped(Stream<Scope> rows) {
        return whole(rows, this::groups);
    }

    /**
     * Returns the elements made of all rows together, computed on first use. A stream within a stream is closed by
     * nobody else.
     */
    private static <A, B> Stream<B> whole(Stream<A> rows, Function<Stream<A>, List<B>> made) {
        return Stream.of(rows).flatMap(all -> made.apply(all).stream()).onClose(rows::close);
    }

    private List<@Nullable Object[]> groups(Stream<Scope> rows) {
        List<Operands.Reader> by = Operands.readers(selection.groupBy());
        Map<String, List<Aggregation>> groups = new LinkedHashMap<>();
        if (by.isEmpty()) {
            groups.put("", aggregates());
        }
        rows.forEachOrdered(row -> {
            List<@Nullable Object> key = new ArrayList<>(by.size());
            for (Operands.Reader reader : by) {
                key.add(reader.read(row));
            }
            for (Aggregation aggregate : groups.computeIfAbsent(Values.key(key), unseen -> aggregates())) {
                aggregate.add(row);
            }
            held.accept(groups.size());
        });
        List<@Nullable Object[]> answer = new ArrayList<>(groups.size());
        for (List<Aggregation> aggregates : groups.values()) {
            @Nullable Object[] values = new @Nullable Object[aggregates.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = aggregates.get(i).result();
            }
            answer.add(values);
        }
        return answer;
    }

    private List<Aggregation> aggregates() {
        List<Aggregation> aggregates = new ArrayList<>(wanted.size());
        for (Output output : wanted) {
            if (output instanceof Output.Value value && !selection.groupBy().contains(value.operand())) {
                throw new IllegalArgumentException("A group has no value of what it is not grouped by");
            }
            aggregates.add(Aggregation.of(output));
        }
        return aggregates;
    }

    private Comparator<@Nullable Object[]> order() {
        int first = selection.outputs().size();
        List<Comparator<@Nullable Object>> keys = new ArrayList<>();
        for (SortKey key : selection.order()) {
            keys.add(Values.order(key.direction(), key.nulls()));
        }
        return (left, right) -> {
            for (int i = 0; i < keys.size(); i++) {
                int result = keys.get(i).compare(left[first + i], right[first + i]);
                if (result != 0) {
                    return result;
                }
            }
            return 0;
        };
    }

    private Row row(@Nullable Object[] values) {
        int size = selection.outputs().size();
        return Row.of(values.length == size ? values : Arrays.copyOf(values, size));
    }
}
