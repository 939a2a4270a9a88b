package dev.korm.jackson;

import dev.korm.Rn;
import dev.korm.RnException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads a reference, and refuses one that cannot name an item of the type that it is declared for. */
final class RnDeserializer extends StdDeserializer<Rn<?>> {
    private final @Nullable Class<?> target;

    RnDeserializer(@Nullable Class<?> target) {
        super(Rn.class);
        this.target = target;
    }

    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
        JavaType type = context.getContextualType();
        return type == null || type.containedTypeCount() == 0
                ? this
                : new RnDeserializer(type.containedTypeOrUnknown(0).getRawClass());
    }

    @Override
    public @Nullable Rn<?> deserialize(JsonParser in, DeserializationContext context) {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            return (Rn<?>) context.handleUnexpectedToken(Rn.class, in);
        }
        String text = in.getString();
        try {
            return target == null || target == Object.class ? Rn.parse(text) : Rn.parse(text, target);
        } catch (RnException malformed) {
            return context.reportInputMismatch(this, "%s", malformed.getMessage());
        }
    }
}
