package dev.korm.testkit;

import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.evaluate.Values;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** Answers of layers in a form in which equal ones are equal. */
public final class Answers {
    private static final double NEAR = 1e-9;

    private Answers() {}

    public static List<List<Object>> ask(Layer layer, RandomWorld.Asked asked) {
        Selection selection = asked.selection();
        List<List<Object>> answer = new ArrayList<>();
        try (RowCursor cursor = asked.constants().isEmpty()
                ? layer.select(selection)
                : layer.compile(selection).select(asked.constants().toArray())) {
            while (cursor.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 0; i < selection.outputs().size(); i++) {
                    Output output = selection.outputs().get(i);
                    row.add(plain(cursor.get(i), output.kind()));
                }
                answer.add(row);
            }
        }
        return answer;
    }

    private static Object plain(Object value, ColumnKind kind) {
        if (value instanceof Double real && real == Math.rint(real) && real >= -0x1p63 && real < 0x1p63) {
            return real.longValue();
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.stripTrailingZeros();
        }
        if (value instanceof byte[] bytes) {
            return "bytes " + HexFormat.of().formatHex(bytes);
        }
        return (kind == ColumnKind.JSON || kind == ColumnKind.ENCRYPTED) && value instanceof String json
                ? Values.jsonKey(json)
                : value;
    }

    /** Whether two answers to one selection are the same. */
    public static boolean agree(Selection selection, List<List<Object>> left, List<List<Object>> right) {
        if (left.size() != right.size() || !sameOrder(selection, left, right)) {
            return false;
        }
        List<List<Object>> a = sorted(selection, left);
        List<List<Object>> b = sorted(selection, right);
        for (int row = 0; row < a.size(); row++) {
            for (int column = 0; column < selection.outputs().size(); column++) {
                if (!same(
                        selection.outputs().get(column),
                        a.get(row).get(column),
                        b.get(row).get(column))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean sameOrder(Selection selection, List<List<Object>> left, List<List<Object>> right) {
        for (SortKey key : selection.order()) {
            int column = selection.outputs().indexOf(key.output());
            for (int row = 0; column >= 0 && row < left.size(); row++) {
                if (!same(
                        key.output(), left.get(row).get(column), right.get(row).get(column))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** By the exact columns; rows that are alike in these are ordered by the others as well as can be. */
    private static List<List<Object>> sorted(Selection selection, List<List<Object>> rows) {
        List<List<Object>> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparing(row -> {
            StringBuilder key = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                if (RandomWorld.isExact(selection.outputs().get(i))) {
                    Object value = row.get(i);
                    key.append(value == null ? "" : value.getClass().getSimpleName() + value)
                            .append('|');
                }
            }
            return key.toString();
        }));
        return sorted;
    }

    private static boolean same(Output output, Object left, Object right) {
        if (RandomWorld.isExact(output) || left == null || right == null) {
            return left == null ? right == null : left.equals(right);
        }
        double a = ((Number) left).doubleValue();
        double b = ((Number) right).doubleValue();
        return Double.compare(a, b) == 0
                || a == b
                || Math.abs(a - b) <= NEAR * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    }

    /** The rows that only one side has, with those in places where the order differs. */
    public static String difference(List<List<Object>> expected, List<List<Object>> actual) {
        List<List<Object>> missing = new ArrayList<>(expected);
        actual.forEach(missing::remove);
        List<List<Object>> surplus = new ArrayList<>(actual);
        expected.forEach(surplus::remove);
        if (missing.isEmpty() && surplus.isEmpty()) {
            return "in this order\n" + text(expected) + "but was\n" + text(actual);
        }
        return "among " + expected.size() + " rows\n" + text(missing) + "but was\n" + text(surplus);
    }

    private static String text(List<List<Object>> rows) {
        StringBuilder out = new StringBuilder();
        for (List<Object> row : rows) {
            out.append("  ").append(Arrays.toString(row.toArray())).append('\n');
        }
        return out.toString();
    }
}
