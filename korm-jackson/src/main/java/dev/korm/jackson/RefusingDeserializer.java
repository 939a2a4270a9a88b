package dev.korm.jackson;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Refuses to read what cannot be had from JSON. */
final class RefusingDeserializer<T> extends StdDeserializer<T> {
    private final String reason;

    RefusingDeserializer(Class<T> type, String reason) {
        super(type);
        this.reason = reason;
    }

    @Override
    public @Nullable T deserialize(JsonParser in, DeserializationContext context) {
        return context.reportInputMismatch(this, "%s", reason);
    }
}
