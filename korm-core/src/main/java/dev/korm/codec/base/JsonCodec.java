package dev.korm.codec.base;

import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import org.jspecify.annotations.Nullable;

/** A type whose values are stored as JSON, and so may hold secrets at any depth. */
public abstract class JsonCodec extends Codec {
    @Override
    public final ColumnKind kind() {
        return ColumnKind.JSON;
    }

    @Override
    public final Object toStored(Object value) {
        return toStored(value, null);
    }

    @Override
    public final Object toStored(Object value, @Nullable SecretLocation location) {
        return text(this, value, location);
    }

    /**
     * Returns a value's JSON text, fit to be stored.
     *
     * @param location of the column; null where no item is at hand
     */
    public static String text(Codec codec, @Nullable Object value, @Nullable SecretLocation location) {
        JsonWriter json = JsonWriter.into(location);
        codec.writeNullable(value, json);
        return json.toString();
    }

    @Override
    public final Object fromStored(Object stored) {
        return fromStored(stored, null);
    }

    @Override
    public final Object fromStored(Object stored, @Nullable SecretLocation location) {
        Object value = readNullable(JsonReader.tree((String) stored), location);
        if (value == null) {
            throw new TypeMismatch("found JSON null");
        }
        return value;
    }
}
