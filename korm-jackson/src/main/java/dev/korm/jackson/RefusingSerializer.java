package dev.korm.jackson;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Refuses to write a secret. */
final class RefusingSerializer<T> extends StdSerializer<T> {
    private final Class<T> secret;

    RefusingSerializer(Class<T> secret) {
        super(secret);
        this.secret = secret;
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializationContext context) {
        String name = secret.getSimpleName();
        context.reportMappingProblem(
                "%s is not written as JSON. Leave the field out, by a record of its own for the answer or by"
                        + " @JsonIgnore",
                name);
    }
}
