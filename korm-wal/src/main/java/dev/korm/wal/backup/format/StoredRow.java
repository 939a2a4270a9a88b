package dev.korm.wal.backup.format;

import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberInput;

/**
 * A row as its line has it: where its values are, and what sort they are of, without making anything of them. It takes the lines that are written here, and no others that are JSON too. For one thread, and
 * good until the next line.
 */
public final class StoredRow {
    /** Digits of the greatest number of 64 bits: what has fewer fits whatever it is. */
    private static final int MOST_DIGITS = 19;

    private static final byte[] MOST = Long.toString(Long.MAX_VALUE).getBytes(StandardCharsets.US_ASCII);

    /** Digits of whole numbers that a double holds exactly, whatever they are. */
    private static final int EXACT_DIGITS = 15;

    private static final double[] POWERS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private byte[] text = {};
    private final Sort[] sorts;
    private final int[] from;
    private final int[] to;
    private final Bytes unescaped = new Bytes(256);
    private int at;
    private int end;

    /** The sort of a value. */
    private enum Sort {
        NULL,
        TRUE,
        FALSE,
        WHOLE,
        REAL,
        PLAIN,
        ESCAPED
    }

    StoredRow(int columns) {
        this.sorts = new Sort[columns];
        this.from = new int[columns];
        this.to = new int[columns];
    }

    /** Finds the values of a line; returns false where it is not one of the plain kind, with a value for each column. */
    boolean find(byte[] line, int begin, int close) {
        text = line;
        at = begin + 1;
        end = close - 1;
        if (end < at || line[begin] != '[' || line[end] != ']') {
            return false;
        }
        for (int column = 0; column < sorts.length; column++) {
            if (column > 0 && !take(',')) {
                return false;
            }
            Sort sort = value(column);
            if (sort == null) {
                return false;
            }
            sorts[column] = sort;
        }
        return at == end;
    }

    private boolean take(char wanted) {
        boolean there = at < end && text[at] == wanted;
        at++;
        return there;
    }

    private @Nullable Sort value(int column) {
        if (at >= end) {
            return null;
        }
        return switch (text[at]) {
            case '"' -> string(column);
            case 'n' -> word("null") ? Sort.NULL : null;
            case 't' -> word("true") ? Sort.TRUE : null;
            case 'f' -> word("false") ? Sort.FALSE : null;
            default -> number(column);
        };
    }

    private boolean word(String word) {
        if (end - at < word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[at++] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Sort string(int column) {
        from[column] = ++at;
        Sort sort = Sort.PLAIN;
        while (true) {
            at = Bytes.plain(text, at, end);
            if (at >= end) {
                return null;
            }
            if (text[at] == '"') {
                to[column] = at++;
                return sort;
            }
            if (text[at] != '\\' || at + 1 >= end || unescaped(text[at + 1]) == 0) {
                return null;
            }
            at += 2;
            sort = Sort.ESCAPED;
        }
    }

    /** Returns what a character means behind a backslash; 0 where more than one is needed, or it means nothing. */
    private static int unescaped(byte one) {
        return switch (one) {
            case '"', '\\', '/' -> one;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> 0;
        };
    }

    private @Nullable Sort number(int column) {
        from[column] = at;
        at += text[at] == '-' ? 1 : 0;
        int digits = digits();
        if (digits == 0 || (digits > 1 && text[at - digits] == '0')) {
            return null;
        }
        boolean negativeZero = at - from[column] == 2 && text[at - 1] == '0';
        boolean fits = digits < MOST_DIGITS
                || (digits == MOST_DIGITS && Arrays.compare(text, at - digits, at, MOST, 0, MOST_DIGITS) <= 0);
        Sort sort = fits && !negativeZero ? Sort.WHOLE : null;
        if (at < end && text[at] == '.') {
            at++;
            sort = Sort.REAL;
            if (digits() == 0) {
                return null;
            }
        }
        if (at < end && (text[at] == 'e' || text[at] == 'E')) {
            at++;
            sort = Sort.REAL;
            at += at < end && (text[at] == '+' || text[at] == '-') ? 1 : 0;
            if (digits() == 0) {
                return null;
            }
        }
        to[column] = at;
        return sort;
    }

    private int digits() {
        int first = at;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at - first;
    }

    /** Returns a value as a column of a kind has it. */
    @Nullable Object value(int column, ColumnKind kind) {
        return switch (sorts[column]) {
            case NULL -> null;
            case TRUE -> true;
            case FALSE -> false;
            case WHOLE -> kind == ColumnKind.REAL ? (Object) (double) whole(column) : whole(column);
            case REAL -> real(column);
            case PLAIN, ESCAPED ->
                switch (kind) {
                    case DECIMAL -> new BigDecimal(string(text(column)));
                    case BYTES -> Base64.getDecoder().decode(string(text(column)));
                    case REAL -> LineReader.real(string(text(column)));
                    default -> string(text(column));
                };
        };
    }

    /** Adds a value to a canonical form. */
    void append(int column, ColumnKind kind, Bytes out) {
        boolean string = sorts[column] == Sort.PLAIN || sorts[column] == Sort.ESCAPED;
        if (string && kind != ColumnKind.DECIMAL && kind != ColumnKind.BYTES && kind != ColumnKind.REAL) {
            Place place = text(column);
            TableHash.Rows.append(out, kind, place.bytes, place.from, place.to);
        } else {
            Object value = value(column, kind);
            if (value != null) {
                TableHash.Rows.append(out, kind, value);
            }
        }
    }

    boolean isNull(int column) {
        return sorts[column] == Sort.NULL;
    }

    private long whole(int column) {
        boolean negative = text[from[column]] == '-';
        long value = 0;
        for (int i = from[column] + (negative ? 1 : 0); i < to[column]; i++) {
            value = value * 10 + (text[i] - '0');
        }
        return negative ? -value : value;
    }

    /** Returns the nearest double. What has few digits is the quotient of two numbers that are exact, and so is rounded once. */
    private double real(int column) {
        int first = from[column] + (text[from[column]] == '-' ? 1 : 0);
        long digits = 0;
        int count = 0;
        int behindPoint = 0;
        boolean point = false;
        for (int i = first; i < to[column] && count <= EXACT_DIGITS; i++) {
            if (text[i] == '.') {
                point = true;
            } else if (text[i] >= '0' && text[i] <= '9') {
                digits = digits * 10 + (text[i] - '0');
                count++;
                behindPoint += point ? 1 : 0;
            } else {
                count = Integer.MAX_VALUE;
            }
        }
        if (count > EXACT_DIGITS) {
            return NumberInput.parseDouble(string(new Place(text, from[column], to[column])), true);
        }
        double value = digits / POWERS[behindPoint];
        return first > from[column] ? -value : value;
    }

    private static final class Place {
        private final byte[] bytes;
        private final int from;
        private final int to;

        Place(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.from = from;
            this.to = to;
        }
    }

    private static String string(Place place) {
        return new String(place.bytes, place.from, place.to - place.from, StandardCharsets.UTF_8);
    }

    private Place text(int column) {
        if (sorts[column] == Sort.PLAIN) {
            return new Place(text, from[column], to[column]);
        }
        unescaped.reset();
        int done = from[column];
        while (done < to[column]) {
            int slash = Bytes.plain(text, done, to[column]);
            unescaped.write(text, done, slash - done);
            done = slash;
            if (slash < to[column]) {
                unescaped.write(unescaped(text[slash + 1]));
                done = slash + 2;
            }
        }
        return new Place(unescaped.array(), 0, unescaped.size());
    }
}
