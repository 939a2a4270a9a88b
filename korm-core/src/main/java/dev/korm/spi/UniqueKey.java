package dev.korm.spi;

import dev.korm.Normalized;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a hidden column of fingerprints is of: one column as it is, or one or several, some of them normalised.
 *
 * <p>The hidden column's name says it all, so that whoever sees the table's shape can keep the fingerprints right, knowing
 * nothing of the record that asked for them. After {@link ColumnShape#UNIQUE_PREFIX} there stands
 *
 * <ul>
 *   <li>the column's name, for one column as it is;
 *   <li>else for each column, by name: the name's length, the name, and a letter for each form that it is normalised to, as in
 *       {@code 5emailtc6tenant};
 *   <li>where that is too long for a name: {@code 0}, and for each column eight hex digits of the SHA-256 of its name and one for
 *       its forms.
 * </ul>
 *
 * No column's own name begins with a digit, so these are never mistaken for each other.
 *
 * @param parts the columns, by name
 */
public record UniqueKey(List<Part> parts) {
    /** PostgreSQL's limit of a name, the lowest of all. */
    private static final int LONGEST_NAME = 63;

    private static final int HASH_DIGITS = 8;

    /** Where names are long: 63 - 15 - 1 characters, nine for each. */
    private static final int MOST_HASHED = 5;

    /**
     * A column of it.
     *
     * @param column its name
     * @param forms what its texts are normalised to
     */
    public record Part(String column, Set<Normalized.Form> forms) {
        public Part {
            EnumSet<Normalized.Form> sorted = EnumSet.noneOf(Normalized.Form.class);
            sorted.addAll(forms);
            forms = Collections.unmodifiableSet(sorted);
        }
    }

    public UniqueKey {
        parts = parts.stream().sorted(Comparator.comparing(Part::column)).toList();
    }

    /** One column as it is. */
    public static UniqueKey of(String column) {
        return of(column, Set.of());
    }

    /** One column, normalised. */
    public static UniqueKey of(String column, Set<Normalized.Form> forms) {
        return new UniqueKey(List.of(new Part(column, forms)));
    }

    /** What the hidden columns of a table are of. */
    public static List<UniqueKey> in(TableShape shape) {
        List<UniqueKey> keys = new ArrayList<>();
        List<String> columns = shape.columns().stream().map(ColumnShape::name).toList();
        for (String column : columns) {
            read(column, columns).ifPresent(keys::add);
        }
        return keys;
    }

    /**
     * What a column is of; empty when it is no hidden column of fingerprints, or of columns that are not there.
     *
     * @param columns the names of the columns there are
     */
    public static Optional<UniqueKey> read(String hidden, Collection<String> columns) {
        if (!hidden.startsWith(ColumnShape.UNIQUE_PREFIX)) {
            return Optional.empty();
        }
        String text = hidden.substring(ColumnShape.UNIQUE_PREFIX.length());
        if (text.isEmpty() || !isDigit(text.charAt(0))) {
            return columns.contains(text) ? Optional.of(of(text)) : Optional.empty();
        }
        Optional<UniqueKey> key = text.charAt(0) == '0' ? hashed(text, columns) : spelt(text);
        return key.filter(found -> columns.containsAll(found.columns()));
    }

    /** The names of the columns that a column stands for: those that a hidden one is of, else itself. */
    public static List<String> columns(String column, TableShape shape) {
        List<String> there = shape.columns().stream().map(ColumnShape::name).toList();
        return read(column, there)
                .map(UniqueKey::columns)
                .orElse(List.of(
                        column.startsWith(ColumnShape.UNIQUE_PREFIX)
                                ? column.substring(ColumnShape.UNIQUE_PREFIX.length())
                                : column));
    }

    private static Optional<UniqueKey> spelt(String text) {
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int length = 0;
            while (at < text.length() && isDigit(text.charAt(at)) && length < LONGEST_NAME) {
                length = length * 10 + text.charAt(at++) - '0';
            }
            if (length == 0 || length > text.length() - at) {
                return Optional.empty();
            }
            String column = text.substring(at, at + length);
            at += length;
            Set<Normalized.Form> forms = EnumSet.noneOf(Normalized.Form.class);
            while (at < text.length() && !isDigit(text.charAt(at))) {
                Normalized.Form form = form(text.charAt(at++));
                if (form == null) {
                    return Optional.empty();
                }
                forms.add(form);
            }
            parts.add(new Part(column, forms));
        }
        return Optional.of(new UniqueKey(parts));
    }

    private static Optional<UniqueKey> hashed(String text, Collection<String> columns) {
        Map<String, String> byHash = new TreeMap<>();
        columns.forEach(column -> byHash.put(hash(column), column));
        List<Part> parts = new ArrayList<>();
        for (int at = 1; at < text.length(); at += HASH_DIGITS + 1) {
            if (at + HASH_DIGITS >= text.length()) {
                return Optional.empty();
            }
            String column = byHash.get(text.substring(at, at + HASH_DIGITS));
            int bits = Character.digit(text.charAt(at + HASH_DIGITS), 16);
            if (column == null || bits < 0) {
                return Optional.empty();
            }
            Set<Normalized.Form> forms = EnumSet.noneOf(Normalized.Form.class);
            for (Normalized.Form form : Normalized.Form.values()) {
                if ((bits & bit(form)) != 0) {
                    forms.add(form);
                }
            }
            parts.add(new Part(column, forms));
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(new UniqueKey(parts));
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static char letter(Normalized.Form form) {
        return switch (form) {
            case NFC -> 'n';
            case NFKC -> 'k';
            case TRIM -> 't';
            case IGNORE_CASE -> 'c';
        };
    }

    private static int bit(Normalized.Form form) {
        return switch (form) {
            case NFC -> 1;
            case NFKC -> 2;
            case TRIM -> 4;
            case IGNORE_CASE -> 8;
        };
    }

    private static Normalized.@Nullable Form form(char letter) {
        for (Normalized.Form form : Normalized.Form.values()) {
            if (letter(form) == letter) {
                return form;
            }
        }
        return null;
    }

    private static String hash(String column) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(column.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has SHA-256", missing);
        }
    }

    /** Whether it is of one column as it is, as the original's are. */
    public boolean isPlain() {
        return parts.size() == 1 && parts.get(0).forms().isEmpty();
    }

    /** Whether a column is of it. */
    public boolean isOf(String column) {
        for (Part part : parts) {
            if (part.column().equals(column)) {
                return true;
            }
        }
        return false;
    }

    /** The names of its columns. */
    public List<String> columns() {
        return parts.stream().map(Part::column).toList();
    }

    /** Whether it can be named. With up to five columns it always can. */
    public boolean isNameable() {
        return hidden().name().length() <= LONGEST_NAME;
    }

    /** The hidden column. */
    public ColumnShape hidden() {
        return new ColumnShape(ColumnShape.UNIQUE_PREFIX + text(), ColumnKind.FINGERPRINT);
    }

    /** What the hidden column's name says after its prefix. */
    public String text() {
        if (isPlain()) {
            return parts.get(0).column();
        }
        StringBuilder spelt = new StringBuilder();
        for (Part part : parts) {
            spelt.append(part.column().length()).append(part.column());
            part.forms().forEach(form -> spelt.append(letter(form)));
        }
        if (ColumnShape.UNIQUE_PREFIX.length() + spelt.length() <= LONGEST_NAME || parts.size() > MOST_HASHED) {
            return spelt.toString();
        }
        StringBuilder hashed = new StringBuilder("0");
        for (Part part : parts) {
            int bits = part.forms().stream().mapToInt(UniqueKey::bit).sum();
            hashed.append(hash(part.column())).append(Character.forDigit(bits, 16));
        }
        return hashed.toString();
    }

    @Override
    public String toString() {
        return String.join(" and ", columns());
    }
}
