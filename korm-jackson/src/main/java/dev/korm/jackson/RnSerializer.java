package dev.korm.jackson;

import dev.korm.Rn;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a reference as its text, whether it is resolved or not: a circle of references has an end so. */
final class RnSerializer extends StdSerializer<Rn<?>> {
    RnSerializer() {
        super(Rn.class);
    }

    @Override
    public void serialize(Rn<?> rn, JsonGenerator out, SerializationContext context) {
        out.writeString(rn.toString());
    }
}
