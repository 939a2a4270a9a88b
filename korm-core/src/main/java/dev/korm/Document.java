package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.codec.DynamicPath;
import dev.korm.codec.DynamicValue;
import dev.korm.codec.json.JsonWriter.Texts;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.file.FileRef;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Data without a record: named fields in order, as in a JSON object.
 *
 * <pre>{@code
 * Document car = Document.of(Map.of("make", "Citroen", "year", 2014, "extras", List.of("radio")));
 * Document sold = car.with("buyer.name", "Fred");   // makes buyer
 * sold.text("buyer.name");                          // Fred
 * sold.toJson();
 * }</pre>
 *
 * <p>Every value that a field of a record may have can be put in, and is kept in the form in which it will be read again: a
 * whole number of any class (1.0 too) as {@link Long}, other numbers as {@link Double} or {@link BigDecimal}, texts and what
 * is stored as text (enums, {@code UUID}, all of {@code java.time} that is) as {@link String}, maps and records as
 * {@code Document}, lists and sets as immutable {@link List}; {@link Boolean}, {@code byte[]}, {@link Rn} and {@link FileRef} stay. A text that is
 * an RN is an {@link Rn}, of a file too; {@link #file} gives it as one. {@link Unique} has an effect only in the top-level fields of an item. Inside lists and nested
 * documents decimals and bytes are stored as texts (bytes in base64), and read as texts.
 *
 * <p>As an item: each field has a column, null and absent are the same, and a field that is absent from the stored item is
 * absent here.
 *
 * <p>Immutable, safe for many threads. Equal when the fields are, in any order; numbers are when class and value are.
 */
public final class Document {
    /** Without any field. */
    public static final Document EMPTY = new Document(Map.of(), 1);

    private static final int DEEPEST = 1000;

    private final Map<String, @Nullable Object> fields;
    private final int depth;

    private Document(Map<String, @Nullable Object> fields, int depth) {
        this.fields = fields;
        this.depth = depth;
    }

    /**
     * Returns a document of these fields; nested maps become documents.
     *
     * @throws ValueException when a value is none that can be stored, or is nested deeper than {@value #DEEPEST} levels
     */
    public static Document of(Map<String, ? extends @Nullable Object> fields) {
        requireNonNull(fields, "fields");
        Builder builder = builder();
        fields.forEach(builder::put);
        return builder.build();
    }

    /**
     * Returns the document that a JSON text is; of keys given twice, the last counts. Numbers keep all their digits.
     *
     * @throws ValueException when the text is no JSON object
     */
    public static Document parse(String json) {
        requireNonNull(json, "json");
        Object value;
        try {
            value = DynamicValue.parse(json);
        } catch (TypeMismatch malformed) {
            throw new ValueException("Cannot read a document from JSON: " + malformed.reason());
        }
        if (value instanceof Document document) {
            return document;
        }
        throw new ValueException("Cannot read a document from JSON: expected an object {…}");
    }

    /** Begins a document. */
    public static Builder builder() {
        return new Builder(new LinkedHashMap<>());
    }

    /** Begins a document with the fields of this one. */
    public Builder toBuilder() {
        return new Builder(new LinkedHashMap<>(fields));
    }

    /** Fields put together one by one. Not safe for several threads. */
    public static final class Builder {
        private Map<String, @Nullable Object> fields;
        private boolean built;

        private Builder(Map<String, @Nullable Object> fields) {
            this.fields = fields;
        }

        /**
         * Puts a field at the end, or in the place of the one of that name.
         *
         * @param name any text; top-level fields of an item are restricted when it is stored
         * @throws ValueException when the value is none that can be stored
         */
        public Builder put(String name, @Nullable Object value) {
            requireNonNull(name, "name");
            if (built) {
                fields = new LinkedHashMap<>(fields);
                built = false;
            }
            try {
                fields.put(name, DynamicValue.normal(value, 0));
            } catch (TypeMismatch misfit) {
                throw unfit(misfit.inField(name));
            }
            return this;
        }

        /** Takes a field out. */
        public Builder remove(String name) {
            requireNonNull(name, "name");
            if (built) {
                fields = new LinkedHashMap<>(fields);
                built = false;
            }
            fields.remove(name);
            return this;
        }

        /** Returns the document. */
        public Document build() {
            built = true;
            int deepest = 0;
            for (Object value : fields.values()) {
                deepest = Math.max(deepest, depthOf(value));
            }
            if (deepest >= DEEPEST) {
                throw new ValueException("A document cannot be nested deeper than " + DEEPEST + " levels");
            }
            return new Document(Collections.unmodifiableMap(fields), deepest + 1);
        }
    }

    private static int depthOf(@Nullable Object value) {
        if (value instanceof Document document) {
            return document.depth;
        }
        if (value instanceof Unique<?> unique) {
            return depthOf(unique.value());
        }
        if (!(value instanceof List<?> list)) {
            return 0;
        }
        int deepest = 0;
        for (Object entry : list) {
            deepest = Math.max(deepest, depthOf(entry));
        }
        return deepest + 1;
    }

    private static ValueException unfit(TypeMismatch misfit) {
        return new ValueException(
                "The field \"" + misfit.way() + "\" of a document cannot have this value: " + misfit.reason(),
                misfit.getCause());
    }

    /**
     * Returns a document with another value at a path; documents that are missing on the way are created.
     *
     * @throws PathException when the path goes through what is no document or list, beyond a list's end, or through a reference
     * @throws ValueException when the value is none that can be stored
     */
    public Document with(String path, @Nullable Object value) {
        return with(FieldPath.parse(path), value);
    }

    /** Works as {@link #with(String, Object)}. */
    public Document with(FieldPath path, @Nullable Object value) {
        requireNonNull(path, "path");
        Object normal;
        try {
            normal = DynamicValue.normal(value, path.steps().size() - 1);
        } catch (TypeMismatch misfit) {
            throw new ValueException(
                    "The field \"" + path + "\" of a document cannot have this value: " + misfit.reason(),
                    misfit.getCause());
        }
        Object changed = DynamicPath.set(this, path, 0, normal, (reference, rest) -> {
            throw new PathException(
                    "The path " + path + " goes through a reference; an item's set(…) changes what it names");
        });
        return changed instanceof Document document ? document : this;
    }

    /**
     * Returns a document without the value at a path: a field, or an entry of a list. The same when there is nothing.
     */
    public Document without(String path) {
        return without(FieldPath.parse(path));
    }

    /** Works as {@link #without(String)}. */
    public Document without(FieldPath path) {
        requireNonNull(path, "path");
        return DynamicPath.without(this, path, 0) instanceof Document document ? document : this;
    }

    /** Returns the value at a path; empty when it is null or not there. Steps do not go through references. */
    public Optional<Object> get(String path) {
        return get(FieldPath.parse(path));
    }

    /** Works as {@link #get(String)}. */
    public Optional<Object> get(FieldPath path) {
        requireNonNull(path, "path");
        return DynamicPath.get(this, path).map(DynamicValue::copy);
    }

    /** Returns whether there is a value at a path that is not null. */
    public boolean has(String path) {
        return get(path).isPresent();
    }

    /**
     * Returns the text at a path; that of an RN, too.
     *
     * @throws PathException when nothing is there
     * @throws ValueException when it is no text
     */
    public String text(String path) {
        Object value = at(path);
        if (value instanceof Rn<?>) {
            return value.toString();
        }
        return as(path, value, ColumnKind.TEXT, String.class);
    }

    /**
     * Returns the number at a path: {@link Long}, {@link Double} or {@link BigDecimal}. Throws as {@link #text} does.
     */
    public Number number(String path) {
        Object value = at(path);
        if (value instanceof Number number) {
            return number;
        }
        throw notA("number", path);
    }

    /** Returns the whole number at a path. Throws as {@link #text} does. */
    public long longValue(String path) {
        return as(path, number(path), ColumnKind.INTEGER, Long.class);
    }

    /** Returns the number at a path as double; a decimal as the nearest. Throws as {@link #text} does. */
    public double doubleValue(String path) {
        return number(path).doubleValue();
    }

    /** Returns the number at a path, or the decimal number that the text there is. Throws as {@link #text} does. */
    public BigDecimal decimal(String path) {
        return as(path, at(path), ColumnKind.DECIMAL, BigDecimal.class);
    }

    /** Returns the boolean at a path. Throws as {@link #text} does. */
    public boolean bool(String path) {
        Object value = at(path);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw notA("boolean", path);
    }

    /** Returns the list at a path, immutable. Throws as {@link #text} does. */
    @SuppressWarnings("unchecked")
    public List<@Nullable Object> list(String path) {
        Object value = at(path);
        if (value instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw notA("list", path);
    }

    /** Returns the document at a path. Throws as {@link #text} does. */
    public Document document(String path) {
        Object value = at(path);
        if (value instanceof Document document) {
            return document;
        }
        throw notA("document", path);
    }

    /** Returns the reference at a path. Throws as {@link #text} does. */
    @SuppressWarnings("unchecked")
    public Rn<Document> rn(String path) {
        Object value = at(path);
        if (value instanceof Rn<?> rn) {
            return (Rn<Document>) rn;
        }
        throw notA("reference", path);
    }

    /** Returns the file at a path. Throws as {@link #text} does. */
    public FileRef file(String path) {
        Object value = at(path);
        if (value instanceof FileRef file) {
            return file;
        }
        if (value instanceof Rn<?> rn && rn.form() == Rn.Form.FILE) {
            return FileRef.to(rn);
        }
        throw notA("file", path);
    }

    private Object at(String path) {
        Object value = get(path)
                .orElseThrow(() -> new PathException("There is no value at " + path
                        + " in this document; use get(path), which returns an Optional"));
        return value instanceof Unique<?> unique ? unique.value() : value;
    }

    private static <V> V as(String path, Object value, ColumnKind kind, Class<V> type) {
        try {
            return type.cast(DynamicValue.as(value, kind));
        } catch (TypeMismatch misfit) {
            throw new ValueException(
                    "The value at " + path + " in this document cannot be read as that type: " + misfit.reason());
        }
    }

    private static ValueException notA(String wanted, String path) {
        return new ValueException("The value at " + path + " in this document is not " + wanted);
    }

    /** Returns the names of the fields, in order. */
    public List<String> fieldNames() {
        return List.copyOf(fields.keySet());
    }

    /** Returns the fields, in order, with their values as {@link #get} answers them; not to be changed. */
    public Map<String, @Nullable Object> asMap() {
        for (Object value : fields.values()) {
            if (DynamicValue.isMutable(value)) {
                Map<String, @Nullable Object> shown = new LinkedHashMap<>();
                fields.forEach((name, each) -> shown.put(name, each == null ? null : DynamicValue.copy(each)));
                return Collections.unmodifiableMap(shown);
            }
        }
        return fields;
    }

    /** Returns whether it has no field. */
    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** Returns the document as JSON text. NaN and infinities, which other programs may have stored in a column, are {@code null} there, since JSON has none. */
    public String toJson() {
        return DynamicValue.text(this, Texts.ANY);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Document document) || document.fields.size() != fields.size()) {
            return false;
        }
        for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            if (!document.fields.containsKey(field.getKey())
                    || !DynamicValue.same(field.getValue(), document.fields.get(field.getKey()))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            hash += field.getKey().hashCode() ^ 31 * DynamicValue.hash(field.getValue());
        }
        return hash;
    }

    /** Returns the names of the fields, never their values, which may be private. */
    @Override
    public String toString() {
        return "Document" + fields.keySet();
    }
}
