package dev.korm.spi.query;

/**
 * The type of a column, and with it the Java class of its values in rows, in conditions and in mutations.
 *
 * <p>Every kind takes null. Order and equality are the same on every layer: numbers by value, text by code point,
 * {@code false} before {@code true}, bytes unsigned from the left, JSON by value (object members in any order; not
 * ordered).
 */
public enum ColumnKind {
    /** The row's primary key: {@link String}. */
    ID,
    /** {@link String}, without NUL and without unpaired surrogates. */
    TEXT,
    /** A 64-bit whole number: {@link Long}. A row may answer {@link Double} where another program stored one. */
    INTEGER,
    /** {@link Double}, never NaN or infinite. */
    REAL,
    /** {@link Boolean}. */
    BOOLEAN,
    /** A decimal number of any precision and scale: {@link java.math.BigDecimal}. */
    DECIMAL,
    /** {@code byte[]}. */
    BYTES,
    /** A JSON text: {@link String}. */
    JSON,
    /** The text of an RN: {@link String}. */
    RN,
    /** A sealed value's payload, a JSON text: {@link String}. */
    ENCRYPTED,
    /** The fingerprint of a unique value, 128 hex digits: {@link String}. */
    FINGERPRINT,
    /** A column of a type that korm does not write; the value is what the driver gives. */
    OTHER
}
