package dev.korm.jackson;

import dev.korm.Item;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes an item as {@link ItemData}. */
final class ItemSerializer extends StdSerializer<Item<?>> {
    ItemSerializer() {
        super(Item.class);
    }

    @Override
    public void serialize(Item<?> item, JsonGenerator out, SerializationContext context) {
        context.writeValue(out, ItemData.of(item));
    }
}
