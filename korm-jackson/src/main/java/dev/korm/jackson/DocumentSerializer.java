package dev.korm.jackson;

import dev.korm.Document;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a document as an object. */
final class DocumentSerializer extends StdSerializer<Document> {
    DocumentSerializer() {
        super(Document.class);
    }

    @Override
    public void serialize(Document document, JsonGenerator out, SerializationContext context) {
        context.writeValue(out, document.asMap());
    }
}
