package dev.korm.codec;

import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import org.jspecify.annotations.Nullable;

/** A type whose values are stored as JSON, and so may hold secrets at any depth. */
abstract class JsonCodec extends Codec {
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
        return JsonWriter.text(this, value, location);
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
