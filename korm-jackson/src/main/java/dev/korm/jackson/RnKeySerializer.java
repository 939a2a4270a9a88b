package dev.korm.jackson;

import dev.korm.Rn;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a reference that is the key of a map. */
final class RnKeySerializer extends StdSerializer<Rn<?>> {
    RnKeySerializer() {
        super(Rn.class);
    }

    @Override
    public void serialize(Rn<?> rn, JsonGenerator out, SerializationContext context) {
        out.writeName(rn.toString());
    }
}
