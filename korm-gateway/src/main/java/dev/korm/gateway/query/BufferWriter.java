package dev.korm.gateway.query;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.korm.gateway.query.QuerySpec.Basic;
import dev.korm.gateway.query.QuerySpec.CursorEntry;
import dev.korm.gateway.query.QuerySpec.Node;
import dev.korm.gateway.query.QuerySpec.OrderKey;
import dev.korm.gateway.query.QuerySpec.Range;
import dev.korm.gateway.query.QuerySpec.Scalar;
import dev.korm.gateway.query.QuerySpec.Several;
import dev.korm.gateway.query.QuerySpec.Value;
import dev.korm.gateway.query.QuerySpec.Wrapper;
import dev.korm.gateway.wire.RefusedException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Writes the tables of the protocol, slot by slot. What their layout cannot say is refused. For one buffer and one thread. */
final class BufferWriter {
    private static final int FIRST = 256;

    final FlatBufferBuilder out = new FlatBufferBuilder(FIRST);

    private record Held(int type, int table) {}

    byte[] finish(int root) {
        out.finish(root);
        return out.sizedByteArray();
    }

    int text(@Nullable String text) {
        return text == null ? 0 : out.createString(text);
    }

    int texts(List<String> texts) {
        return tables(texts, out::createString);
    }

    /** Writes a vector of offsets; 0, which is absence, for an empty one. */
    <T> int tables(List<T> all, ToIntFunction<T> write) {
        return all.isEmpty()
                ? 0
                : out.createVectorOfTables(all.stream().mapToInt(write).toArray());
    }

    /** Writes a query as it is published: the table {@code StreamingSqlDataFilter}. */
    int query(QuerySpec query) {
        if (!query.strictAfter() && !query.cursor().isEmpty()) {
            throw RefusedException.unsupported("\"strict_after\" false has no place in a binary query");
        }
        int hash = text(query.hash());
        int wrapper = query.filter().map(this::root).orElse(0);
        int order = tables(query.order(), this::key);
        int cursor = tables(query.cursor(), this::entry);
        out.startTable(6);
        out.addOffset(0, hash, 0);
        out.addOffset(1, wrapper, 0);
        out.addInt(2, query.limit(), QuerySpec.DEFAULT_LIMIT);
        out.addOffset(3, order, 0);
        out.addOffset(4, cursor, 0);
        out.addShort(5, (short) query.schemaVersion(), 1);
        return out.endTable();
    }

    /** Writes a filter, whose root is always a wrapper. */
    int root(Node node) {
        return wrapper(node instanceof Wrapper wrapper ? wrapper : new Wrapper(false, List.of(node)));
    }

    int key(OrderKey key) {
        int field = text(key.field());
        out.startTable(3);
        out.addOffset(0, field, 0);
        out.addByte(1, (byte) QueryBuffers.SORTS.indexOf(key.sort()), QueryBuffers.DEFAULT_SORT);
        out.addBoolean(2, key.primary(), false);
        return out.endTable();
    }

    int entry(CursorEntry entry) {
        int field = text(entry.field());
        Held held = value(entry.value());
        out.startTable(3);
        out.addOffset(0, field, 0);
        out.addByte(1, (byte) held.type(), 0);
        out.addOffset(2, held.table(), 0);
        return out.endTable();
    }

    private int wrapper(Wrapper wrapper) {
        int size = wrapper.parts().size();
        int[] parts = new int[size];
        byte[] types = new byte[size];
        for (int index = 0; index < size; index++) {
            Node part = wrapper.parts().get(index);
            types[index] = (byte) (part instanceof Wrapper ? 1 : 2);
            parts[index] = part instanceof Wrapper inner ? wrapper(inner) : basic((Basic) part);
        }
        int kinds = out.createByteVector(types);
        int filters = out.createVectorOfTables(parts);
        out.startTable(3);
        out.addByte(0, (byte) (wrapper.any() ? 0 : 1), 0);
        out.addOffset(1, kinds, 0);
        out.addOffset(2, filters, 0);
        return out.endTable();
    }

    private int basic(Basic basic) {
        int field = text(basic.field());
        Held held = basic.value().map(this::value).orElse(new Held(0, 0));
        int modifier = 0;
        if (basic.distinct() || basic.ignoreCase()) {
            out.startTable(3);
            out.addBoolean(0, basic.distinct(), false);
            out.addBoolean(1, basic.ignoreCase(), false);
            modifier = out.endTable();
        }
        out.startTable(5);
        out.addOffset(0, field, 0);
        out.addByte(1, (byte) held.type(), 0);
        out.addOffset(2, held.table(), 0);
        out.addByte(3, (byte) FilterType.number(basic.type()), 0);
        out.addOffset(4, modifier, 0);
        return out.endTable();
    }

    private Held value(Value value) {
        if (value instanceof Range) {
            throw RefusedException.unsupported("A RangeValue has no place in a binary query");
        }
        return value instanceof Several several ? list(several.values()) : single(((Scalar) value).value());
    }

    private Held single(@Nullable Object value) {
        if (value == null) {
            out.startTable(0);
            return new Held(4, out.endTable());
        }
        if (value instanceof String text) {
            int string = text(text);
            out.startTable(1);
            out.addOffset(0, string, 0);
            return new Held(1, out.endTable());
        }
        if (value instanceof Boolean truth) {
            out.startTable(1);
            out.addBoolean(0, truth, false);
            return new Held(3, out.endTable());
        }
        if (value instanceof Long number) {
            out.startTable(1);
            out.addLong(0, number, 0);
            return new Held(5, out.endTable());
        }
        if (value instanceof Instant time) {
            return time(time);
        }
        double number = number(value);
        out.startTable(1);
        out.addDouble(0, number, 0);
        return new Held(2, out.endTable());
    }

    private Held time(Instant time) {
        ChronoUnit unit = time.equals(time.truncatedTo(ChronoUnit.MICROS)) ? ChronoUnit.MICROS : ChronoUnit.NANOS;
        long epoch;
        try {
            epoch = unit.between(Instant.EPOCH, time);
        } catch (ArithmeticException | DateTimeException beyond) {
            throw RefusedException.unsupported("A timestamp has no place in a binary query: it is too far away");
        }
        out.startTable(2);
        out.addLong(0, epoch, 0);
        out.addByte(1, (byte) (unit == ChronoUnit.MICROS ? 2 : 3), 2);
        return new Held(6, out.endTable());
    }

    private Held list(List<@Nullable Object> values) {
        if (values.contains(null)) {
            throw RefusedException.unsupported("A list with a null has no place in a binary query");
        }
        if (values.stream().allMatch(String.class::isInstance)) {
            int[] texts = values.stream()
                    .mapToInt(each -> out.createString(each.toString()))
                    .toArray();
            return held(7, out.createVectorOfTables(texts));
        }
        if (values.stream().allMatch(Boolean.class::isInstance)) {
            return held(10, vector(values, 1, each -> out.addBoolean((Boolean) each)));
        }
        if (values.stream().allMatch(Long.class::isInstance)) {
            return held(8, vector(values, 8, each -> out.addLong((Long) each)));
        }
        return held(9, vector(values, 8, each -> out.addDouble(number(each))));
    }

    /** Writes a vector, whose last entry comes first. */
    private int vector(List<@Nullable Object> values, int size, Consumer<Object> add) {
        out.startVector(size, values.size(), size);
        for (int index = values.size() - 1; index >= 0; index--) {
            add.accept(Objects.requireNonNull(values.get(index)));
        }
        return out.endVector();
    }

    private Held held(int type, int vector) {
        out.startTable(1);
        out.addOffset(0, vector, 0);
        return new Held(type, out.endTable());
    }

    /** Returns a number as the double that is written with the same digits. */
    private static double number(Object value) {
        if (value instanceof Double number) {
            return number;
        }
        if (value instanceof Long || value instanceof BigInteger || value instanceof BigDecimal) {
            BigDecimal exact = new BigDecimal(value.toString());
            double near = exact.doubleValue();
            if (Double.isFinite(near) && new BigDecimal(Double.toString(near)).compareTo(exact) == 0) {
                return near;
            }
        }
        throw RefusedException.unsupported(
                "A number has no place in a binary query: it is no double; give it as an Int64Value, or as a text");
    }
}
