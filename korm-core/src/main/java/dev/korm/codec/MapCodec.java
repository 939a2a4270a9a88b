package dev.korm.codec;

import dev.korm.codec.base.Codec;
import dev.korm.codec.base.JsonCodec;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.scalar.ScalarCodec;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map, stored as a JSON object. */
public final class MapCodec extends JsonCodec {
    private final ScalarCodec key;
    private final Codec value;

    MapCodec(ScalarCodec key, Codec value) {
        this.key = key;
        this.value = value;
    }

    /** Returns the same keys with other values. */
    MapCodec of(Codec other) {
        return new MapCodec(key, other);
    }

    /** Returns the codec of the values. */
    public Codec value() {
        return value;
    }

    /** Returns the key that a text in a path or a change stands for. */
    public Object key(String text) {
        return key.fromKey(text);
    }

    @Override
    public String typeName() {
        return "Map<" + key.typeName() + ", " + value.typeName() + ">";
    }

    @Override
    public void write(Object map, JsonWriter out) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
            String text = keyText(entry.getKey());
            if (members.containsKey(text)) {
                throw new TypeMismatch("two keys of the map are stored as one text");
            }
            members.put(text, entry.getValue());
        }
        out.beginObject();
        for (String text : JsonWriter.ordered(members.keySet())) {
            try {
                out.key(text);
                value.writeNullable(members.get(text), out);
            } catch (TypeMismatch misfit) {
                throw misfit.inMap();
            }
        }
        out.endObject();
    }

    /** Returns the text that a key is stored as. */
    public String keyText(@Nullable Object of) {
        if (of == null) {
            throw new TypeMismatch("null cannot be a key of a map that is stored");
        }
        return key.key(of);
    }

    @Override
    public Object read(Object tree, @Nullable SecretLocation location) {
        if (!(tree instanceof JsonObject object)) {
            throw new TypeMismatch("expected a JSON object");
        }
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < object.size(); i++) {
            try {
                SecretLocation inside = location == null ? null : location.member(object.key(i));
                map.put(key.fromKey(object.key(i)), value.readNullable(object.value(i), inside));
            } catch (TypeMismatch misfit) {
                throw misfit.inMap();
            }
        }
        return Collections.unmodifiableMap(map);
    }

    @Override
    public Object convert(Object of, int depth) {
        checkDepth(depth);
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : DynamicValue.members(of, this).entrySet()) {
            try {
                map.put(convertKey(entry.getKey()), value.convertNullable(entry.getValue(), depth + 1));
            } catch (TypeMismatch misfit) {
                throw misfit.inMap();
            }
        }
        return Collections.unmodifiableMap(map);
    }

    private Object convertKey(@Nullable Object of) {
        if (of == null) {
            throw new TypeMismatch("null cannot be a key of a map that is stored");
        }
        return of instanceof String text ? key.fromKey(text) : key.convert(of, 0);
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        checkDepth(depth);
        Map<?, ?> some = (Map<?, ?>) one;
        Map<?, ?> others = (Map<?, ?>) other;
        if (some.size() != others.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : some.entrySet()) {
            if (!others.containsKey(entry.getKey())
                    || !value.sameNullable(entry.getValue(), others.get(entry.getKey()), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Object describe(Object map, int depth) {
        checkDepth(depth);
        Map<String, Object> texts = new LinkedHashMap<>();
        ((Map<?, ?>) map)
                .forEach((of, member) -> texts.put(String.valueOf(of), value.describeNullable(member, depth + 1)));
        return texts;
    }
}
