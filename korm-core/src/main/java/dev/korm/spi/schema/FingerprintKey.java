package dev.korm.spi.schema;

import dev.korm.Normalized;
import dev.korm.spi.query.ColumnKind;
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

/**
 * The columns that a hidden column of fingerprints is over: one column as it is, or one or several, some of them
 * normalised, some sealed. An index over it keeps the values unique, or finds them.
 *
 * <p>The hidden column's name says it all, so that whoever sees the table's shape can keep the fingerprints right, knowing
 * nothing of the record that asked for them. After {@link ColumnSchema#UNIQUE_PREFIX} there stands
 *
 * <ul>
 *   <li>the column's name, for one column as it is;
 *   <li>else for each column, by name: the name's length, the name, and a letter for each form that it is normalised to and
 *       for what is sealed, as in {@code 5emailtc6tenant};
 *   <li>where that is too long for a name: {@code 0}, and for each column eight hex digits of the SHA-256 of its name and one digit
 *       to base 32 for its forms.
 * </ul>
 *
 * Of sealed values, the fingerprints may be cut to another length than {@link #EXACT_BITS}; {@code _} and the number of bits then
 * end the name, as in {@code 7illnesss_16}. No column's own name begins with a digit, so these are never mistaken for each other.
 *
 * @param parts the columns, by name
 * @param bits how many bits fingerprints of sealed values have
 */
public record FingerprintKey(List<Part> parts, int bits) {
    /** From so many bits on, no two values of a collection meet by chance. */
    public static final int EXACT_BITS = 128;

    /** Fewer would hardly find anything. */
    public static final int LEAST_BITS = 8;

    /** All that HMAC-SHA-256 has. */
    public static final int MOST_BITS = 256;

    /** Fingerprints are written in hex. */
    public static final int BITS_STEP = 4;

    private static final char BEFORE_BITS = '_';
    private static final int MOST_BIT_DIGITS = 3;
    /** PostgreSQL's limit of a name, the lowest of all. */
    private static final int LONGEST_NAME = 63;

    private static final int HASH_DIGITS = 8;
    private static final int BASE = 32;
    private static final int SEALED_BIT = 16;
    private static final char SEALED_LETTER = 's';

    /** Where names are long: 63 - 15 - 1 characters, nine for each. */
    private static final int MOST_HASHED = 5;

    /**
     * A column of it.
     *
     * @param column its name
     * @param forms what its texts are normalised to
     * @param content what the column holds of its values
     */
    public record Part(String column, Set<Normalized.Form> forms, Content content) {
        public Part(String column, Set<Normalized.Form> forms) {
            this(column, forms, Content.CLEAR);
        }

        public Part {
            EnumSet<Normalized.Form> sorted = EnumSet.noneOf(Normalized.Form.class);
            sorted.addAll(forms);
            forms = Collections.unmodifiableSet(sorted);
        }

        boolean isSealed() {
            return content == Content.SEALED;
        }
    }

    /** The form in which a column holds its values. */
    public enum Content {
        /** The values. */
        CLEAR,
        /** Payloads that only the engine can open; the fingerprints are made with a key. */
        SEALED
    }

    public FingerprintKey {
        parts = parts.stream().sorted(Comparator.comparing(Part::column)).toList();
        if (!isLength(bits) || (bits != EXACT_BITS && parts.stream().noneMatch(Part::isSealed))) {
            throw new IllegalArgumentException("Fingerprints cannot have " + bits + " bits");
        }
    }

    /** Creates a key with fingerprints of the usual length. */
    public FingerprintKey(List<Part> parts) {
        this(parts, EXACT_BITS);
    }

    /** Returns whether fingerprints of sealed values can have so many bits. */
    public static boolean isLength(int bits) {
        return bits >= LEAST_BITS && bits <= MOST_BITS && bits % BITS_STEP == 0;
    }

    /** Creates a key over one column as it is. */
    public static FingerprintKey of(String column) {
        return of(column, Set.of());
    }

    /** Creates a key over one column, normalised. */
    public static FingerprintKey of(String column, Set<Normalized.Form> forms) {
        return new FingerprintKey(List.of(new Part(column, forms)));
    }

    /** Returns the fingerprint keys of a table's hidden columns. */
    public static List<FingerprintKey> in(TableSchema schema) {
        List<FingerprintKey> keys = new ArrayList<>();
        List<String> columns = schema.columns().stream().map(ColumnSchema::name).toList();
        for (String column : columns) {
            read(column, columns).ifPresent(keys::add);
        }
        return keys;
    }

    /**
     * Parses the name of a hidden column; empty when it is not a hidden column of fingerprints, or is over columns that
     * do not exist.
     *
     * @param columns the names of the columns there are
     */
    public static Optional<FingerprintKey> read(String hidden, Collection<String> columns) {
        if (!ColumnSchema.isFingerprint(hidden)) {
            return Optional.empty();
        }
        String text = hidden.substring(ColumnSchema.UNIQUE_PREFIX.length());
        if (text.isEmpty() || !isDigit(text.charAt(0))) {
            return columns.contains(text) ? Optional.of(of(text)) : Optional.empty();
        }
        Optional<FingerprintKey> key = text.charAt(0) == '0' ? hashed(text, columns) : spelt(text);
        return key.filter(found -> columns.containsAll(found.columns()));
    }

    /** Returns the names of the columns that a column stands for: those that a hidden one is of, else itself. */
    public static List<String> columns(String column, TableSchema schema) {
        List<String> there = schema.columns().stream().map(ColumnSchema::name).toList();
        return read(column, there)
                .map(FingerprintKey::columns)
                .orElse(List.of(
                        ColumnSchema.isFingerprint(column)
                                ? column.substring(ColumnSchema.UNIQUE_PREFIX.length())
                                : column));
    }

    private static Optional<FingerprintKey> spelt(String text) {
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
            int flags = at;
            while (at < text.length() && !isDigit(text.charAt(at)) && text.charAt(at) != BEFORE_BITS) {
                at++;
            }
            int forms = bits(text.substring(flags, at));
            if (forms < 0) {
                return Optional.empty();
            }
            parts.add(part(column, forms));
            if (at < text.length() && text.charAt(at) == BEFORE_BITS) {
                return cut(parts, text.substring(at + 1));
            }
        }
        return Optional.of(new FingerprintKey(parts));
    }

    /** Returns the key whose name ends with a number of bits. */
    private static Optional<FingerprintKey> cut(List<Part> parts, String digits) {
        if (digits.isEmpty()
                || digits.length() > MOST_BIT_DIGITS
                || digits.charAt(0) == '0'
                || !digits.chars().allMatch(c -> isDigit((char) c))) {
            return Optional.empty();
        }
        int bits = Integer.parseInt(digits);
        boolean known = isLength(bits) && bits != EXACT_BITS && parts.stream().anyMatch(Part::isSealed);
        return known ? Optional.of(new FingerprintKey(parts, bits)) : Optional.empty();
    }

    private static Optional<FingerprintKey> hashed(String text, Collection<String> columns) {
        Map<String, String> byHash = new TreeMap<>();
        columns.forEach(column -> byHash.put(hash(column), column));
        List<Part> parts = new ArrayList<>();
        for (int at = 1; at < text.length(); at += HASH_DIGITS + 1) {
            if (text.charAt(at) == BEFORE_BITS) {
                return cut(parts, text.substring(at + 1));
            }
            if (at + HASH_DIGITS >= text.length()) {
                return Optional.empty();
            }
            String column = byHash.get(text.substring(at, at + HASH_DIGITS));
            int bits = Character.digit(text.charAt(at + HASH_DIGITS), BASE);
            if (column == null || bits < 0) {
                return Optional.empty();
            }
            parts.add(part(column, bits));
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(new FingerprintKey(parts));
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

    private static int bits(Part part) {
        int bits = part.content() == Content.SEALED ? SEALED_BIT : 0;
        for (Normalized.Form form : part.forms()) {
            bits |= bit(form);
        }
        return bits;
    }

    private static Part part(String column, int bits) {
        Set<Normalized.Form> forms = EnumSet.noneOf(Normalized.Form.class);
        for (Normalized.Form form : Normalized.Form.values()) {
            if ((bits & bit(form)) != 0) {
                forms.add(form);
            }
        }
        return new Part(column, forms, (bits & SEALED_BIT) == 0 ? Content.CLEAR : Content.SEALED);
    }

    private static String letters(Part part) {
        StringBuilder letters = new StringBuilder();
        part.forms().forEach(form -> letters.append(letter(form)));
        return part.content() == Content.SEALED ? letters.append(SEALED_LETTER).toString() : letters.toString();
    }

    /** Parses the number of bits; -1 when the letters are not one. */
    private static int bits(String letters) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            int bit = letters.charAt(i) == SEALED_LETTER ? SEALED_BIT : 0;
            for (Normalized.Form form : Normalized.Form.values()) {
                bit |= letter(form) == letters.charAt(i) ? bit(form) : 0;
            }
            if (bit == 0) {
                return -1;
            }
            bits |= bit;
        }
        return bits;
    }

    private static String hash(String column) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(column.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("Every Java has SHA-256", missing);
        }
    }

    /** Returns whether it is of one column as it is, as the original's are. */
    public boolean isPlain() {
        return parts.size() == 1 && bits(parts.get(0)) == 0;
    }

    /** Returns whether its fingerprints are made with a key, since one of its columns is sealed. */
    public boolean isSealed() {
        return parts.stream().anyMatch(Part::isSealed);
    }

    /** Returns whether equal fingerprints mean equal values; else what is found has to be opened to be believed. */
    public boolean isExact() {
        return bits >= EXACT_BITS;
    }

    /** Returns whether a column is of it. */
    public boolean isOf(String column) {
        for (Part part : parts) {
            if (part.column().equals(column)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the names of its columns. */
    public List<String> columns() {
        return parts.stream().map(Part::column).toList();
    }

    /** Returns whether it can be named. With up to five columns it always can. */
    public boolean isNameable() {
        return hidden().name().length() <= LONGEST_NAME;
    }

    /** Returns the hidden column. */
    public ColumnSchema hidden() {
        return new ColumnSchema(ColumnSchema.UNIQUE_PREFIX + text(), ColumnKind.FINGERPRINT);
    }

    /** Returns the hidden column's name after its prefix. */
    public String text() {
        if (isPlain()) {
            return parts.get(0).column();
        }
        String length = bits == EXACT_BITS ? "" : BEFORE_BITS + Integer.toString(bits);
        StringBuilder spelt = new StringBuilder();
        for (Part part : parts) {
            spelt.append(part.column().length()).append(part.column()).append(letters(part));
        }
        spelt.append(length);
        if (ColumnSchema.UNIQUE_PREFIX.length() + spelt.length() <= LONGEST_NAME || parts.size() > MOST_HASHED) {
            return spelt.toString();
        }
        StringBuilder hashed = new StringBuilder("0");
        for (Part part : parts) {
            hashed.append(hash(part.column())).append(Character.forDigit(bits(part), BASE));
        }
        return hashed.append(length).toString();
    }

    @Override
    public String toString() {
        return String.join(" and ", columns());
    }
}
