package dev.korm.jackson;

import dev.korm.Unique;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a unique value as the value. */
final class UniqueSerializer extends StdSerializer<Unique<?>> {
    UniqueSerializer() {
        super(Unique.class);
    }

    @Override
    public void serialize(Unique<?> unique, JsonGenerator out, SerializationContext context) {
        context.writeValue(out, unique.value());
    }
}
