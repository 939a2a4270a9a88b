package dev.korm.codec;

import dev.korm.crypto.Spot;
import dev.korm.spi.ColumnKind;
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
    public final Object toStored(Object value, @Nullable Spot spot) {
        return JsonWriter.text(this, value, spot);
    }

    @Override
    public final Object fromStored(Object stored) {
        return fromStored(stored, null);
    }

    @Override
    public final Object fromStored(Object stored, @Nullable Spot spot) {
        Object value = readNullable(JsonReader.tree((String) stored), spot);
        if (value == null) {
            throw new Misfit("found JSON null");
        }
        return value;
    }
}
