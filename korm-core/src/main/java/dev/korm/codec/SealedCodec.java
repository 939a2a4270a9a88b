package dev.korm.codec;

import dev.korm.codec.base.JsonCodec;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of several records, stored as a JSON object whose member {@value #TYPE} says which. */
public final class SealedCodec extends JsonCodec {
    /** The member that tells the records apart. */
    public static final String TYPE = "@type";

    private final Class<?> type;
    private final Map<String, RecordCodec> byName = new LinkedHashMap<>();
    private final Map<Class<?>, String> names = new LinkedHashMap<>();

    SealedCodec(Class<?> type) {
        this.type = type;
    }

    void add(String name, RecordCodec codec) {
        byName.put(name, codec);
        names.put(codec.type(), name);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /** Returns the records that values may be. */
    public List<RecordCodec> records() {
        return List.copyOf(byName.values());
    }

    /** Returns the record that a value is. */
    public RecordCodec codec(Object value) {
        String name = names.get(value.getClass());
        RecordCodec codec = name == null ? null : byName.get(name);
        if (codec == null) {
            throw unfit(value);
        }
        return codec;
    }

    /** Returns the name by which a value's record is told apart. */
    public String name(Object value) {
        return String.valueOf(names.get(value.getClass()));
    }

    @Override
    public String typeName() {
        return type.getSimpleName();
    }

    @Override
    public void write(Object value, JsonWriter out) {
        RecordCodec codec = codec(value);
        out.beginObject();
        out.key(TYPE);
        out.text(name(value));
        codec.writeMembers(value, out);
        out.endObject();
    }

    @Override
    public Object read(Object tree, @Nullable SecretLocation location) {
        if (!(tree instanceof JsonObject object)) {
            throw new TypeMismatch("expected a JSON object");
        }
        return named(object.get(TYPE)).read(tree, location);
    }

    private RecordCodec named(@Nullable Object name) {
        RecordCodec codec = name instanceof String text ? byName.get(text) : null;
        if (codec == null) {
            throw new TypeMismatch(
                    TypeMismatch.Fault.UNKNOWN_NAME,
                    "its member \"" + TYPE + "\" names none of " + String.join(", ", byName.keySet())
                            + "; if a record was renamed, say its stored name by @Name; items with one that is gone are found and corrected as a Document",
                    null);
        }
        return codec;
    }

    @Override
    public Object convert(Object value, int depth) {
        if (type.isInstance(value)) {
            return value;
        }
        Map<Object, @Nullable Object> members = new LinkedHashMap<>(DynamicValue.members(value, this));
        return named(members.remove(TYPE)).convert(members, depth);
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        return one.getClass() == other.getClass() && codec(one).same(one, other, depth);
    }

    @Override
    public Object describe(Object value, int depth) {
        RecordCodec codec = codec(value);
        Map<String, Object> texts = new LinkedHashMap<>();
        texts.put(TYPE, name(value));
        for (RecordField field : codec.fields()) {
            texts.put(field.name(), field.codec().describeNullable(field.get(value), depth + 1));
        }
        return Collections.unmodifiableMap(texts);
    }
}
