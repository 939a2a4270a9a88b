package dev.korm.gateway.query;

import dev.korm.gateway.query.QuerySpec.Basic;
import dev.korm.gateway.query.QuerySpec.CursorEntry;
import dev.korm.gateway.query.QuerySpec.Node;
import dev.korm.gateway.query.QuerySpec.OrderKey;
import dev.korm.gateway.query.QuerySpec.Scalar;
import dev.korm.gateway.query.QuerySpec.Several;
import dev.korm.gateway.query.QuerySpec.Sort;
import dev.korm.gateway.query.QuerySpec.Value;
import dev.korm.gateway.query.QuerySpec.Wrapper;
import dev.korm.gateway.wire.RefusedException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The FlatBuffers form of queries, the table {@code StreamingSqlDataFilter}. Fields are read by their slots, which are the layout that the protocol's page on its binary
 * messages lists. {@code strict_after} has no slot in it, and is true.
 */
public final class QueryBuffers {
    private static final int DEPTH = 100;
    private static final int PARTS = 20_000;

    /** Sorts, by their numbers. */
    static final List<Sort> SORTS = List.of(Sort.values());

    /** The number of the sort of a key that has none. */
    static final int DEFAULT_SORT = SORTS.indexOf(Sort.DESC_DEFAULT);

    private QueryBuffers() {}

    /** Reads a query from base64. */
    public static QuerySpec read(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException noBase64) {
            throw RefusedException.bad("\"queryFbB64\" is not base64");
        }
        return read(bytes);
    }

    /** Reads a query. */
    public static QuerySpec read(byte[] bytes) {
        try {
            Buffers root = Buffers.root(bytes, PARTS);
            return new QuerySpec(
                    root.text(0),
                    root.has(1) ? Optional.of(wrapper(root.table(1), 0)) : Optional.empty(),
                    keys(root, 3),
                    cursor(root, 4),
                    (int) Math.min(root.unsignedInt(2, QuerySpec.DEFAULT_LIMIT), Integer.MAX_VALUE),
                    root.unsignedShort(5, 1),
                    true);
        } catch (IndexOutOfBoundsException | AssertionError outside) {
            throw Buffers.broken();
        }
    }

    /**
     * Writes a query.
     *
     * @throws RefusedException when the layout has no place for a part of it
     */
    public static byte[] write(QuerySpec query) {
        BufferWriter writer = new BufferWriter();
        return writer.finish(writer.query(query));
    }

    static Wrapper wrapper(Buffers table, int depth) {
        if (depth > DEPTH) {
            throw RefusedException.bad("The filter is nested deeper than " + DEPTH + " levels");
        }
        int type = table.unsignedByte(0, 0);
        if (type > 1) {
            throw RefusedException.bad(type + " is no filter wrapper type");
        }
        int filters = table.length(2, 4);
        if (filters != table.length(1, 1)) {
            throw Buffers.broken();
        }
        return new Wrapper(type == 0, each(filters, index -> {
            Buffers part = table.tableIn(2, index);
            return switch (table.unsignedByteIn(1, index)) {
                case 1 -> wrapper(part, depth + 1);
                case 2 -> basic(part);
                default -> throw Buffers.broken();
            };
        }));
    }

    private static Node basic(Buffers table) {
        String field = table.text(0);
        if (field.isEmpty()) {
            throw RefusedException.bad("A filter lacks its \"field_name\"");
        }
        Buffers modifier = table.has(4) ? table.table(4) : null;
        return new Basic(
                field,
                FilterType.of(table.unsignedByte(3, 0)),
                table.unsignedByte(1, 0) == 0 ? Optional.empty() : Optional.of(value(table, 1)),
                modifier != null && modifier.flag(0, false),
                modifier != null && modifier.flag(1, false));
    }

    /** Reads a union whose type is in one slot, and its table in the next. */
    private static Value value(Buffers table, int slot) {
        int type = table.unsignedByte(slot, 0);
        Buffers held = table.table(slot + 1);
        return switch (type) {
            case 1 -> new Scalar(held.text(0));
            case 2 -> new Scalar(finite(held.float64(0)));
            case 3 -> new Scalar(held.flag(0, false));
            case 4 -> new Scalar(null);
            case 5 -> new Scalar(held.int64(0));
            case 6 -> new Scalar(TimeUnits.instant(held.int64(0), held.unsignedByte(1, 2)));
            case 7 -> several(held, 4, index -> held.textIn(0, index));
            case 8 -> several(held, 8, index -> held.int64In(0, index));
            case 9 -> several(held, 8, index -> finite(held.float64In(0, index)));
            case 10 -> several(held, 1, index -> held.unsignedByteIn(0, index) != 0);
            default -> throw RefusedException.bad(type + " is no type of a value");
        };
    }

    private static Double finite(double number) {
        if (!Double.isFinite(number)) {
            throw RefusedException.bad("A number of the query is not finite");
        }
        return number;
    }

    private static Several several(Buffers held, int size, IntFunction<@Nullable Object> read) {
        return new Several(each(held.length(0, size), read));
    }

    static List<OrderKey> keys(Buffers table, int slot) {
        return each(table.length(slot, 4), index -> {
            Buffers key = table.tableIn(slot, index);
            int sort = key.unsignedByte(1, DEFAULT_SORT);
            if (sort >= SORTS.size() || key.text(0).isEmpty()) {
                throw RefusedException.bad("A key of the order lacks its \"field\", or has a sort that is none");
            }
            return new OrderKey(key.text(0), SORTS.get(sort), key.flag(2, false));
        });
    }

    static List<CursorEntry> cursor(Buffers table, int slot) {
        return each(table.length(slot, 4), index -> {
            Buffers entry = table.tableIn(slot, index);
            if (entry.unsignedByte(1, 0) == 0) {
                return new CursorEntry(entry.text(0), new Scalar(null));
            }
            if (value(entry, 1) instanceof Scalar scalar) {
                return new CursorEntry(entry.text(0), scalar);
            }
            throw RefusedException.bad("The cursor has single values");
        });
    }

    private static <T extends @Nullable Object> List<T> each(int length, IntFunction<T> read) {
        List<T> all = new ArrayList<>(length);
        for (int index = 0; index < length; index++) {
            all.add(read.apply(index));
        }
        return all;
    }
}
