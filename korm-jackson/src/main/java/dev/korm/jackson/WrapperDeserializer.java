package dev.korm.jackson;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads the value that a wrapper of one holds. */
final class WrapperDeserializer<W> extends StdDeserializer<W> {
    private final Class<W> wrapper;
    private final Function<Object, W> wrap;
    private final @Nullable ValueDeserializer<Object> value;

    WrapperDeserializer(Class<W> wrapper, Function<Object, W> wrap, @Nullable ValueDeserializer<Object> value) {
        super(wrapper);
        this.wrapper = wrapper;
        this.wrap = wrap;
        this.value = value;
    }

    @Override
    public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
        JavaType type = context.getContextualType();
        if (type == null || type.containedTypeCount() == 0) {
            return context.reportBadDefinition(
                    wrapper,
                    "A " + wrapper.getSimpleName() + " is read where its type is declared with the type of its value");
        }
        return new WrapperDeserializer<>(
                wrapper, wrap, context.findContextualValueDeserializer(type.containedType(0), property));
    }

    @Override
    public @Nullable W deserialize(JsonParser in, DeserializationContext context) {
        if (value == null) {
            return context.reportBadDefinition(
                    wrapper, "The type of the value of a " + wrapper.getSimpleName() + " is not known");
        }
        Object read = value.deserialize(in, context);
        return read == null ? null : wrap.apply(read);
    }
}
