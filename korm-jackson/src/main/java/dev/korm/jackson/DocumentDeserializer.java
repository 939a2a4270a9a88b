package dev.korm.jackson;

import dev.korm.Document;
import dev.korm.KormException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads a document from an object, digit for digit. */
final class DocumentDeserializer extends StdDeserializer<Document> {
    private static final JsonFactory TEXTS = new JsonFactory();

    DocumentDeserializer() {
        super(Document.class);
    }

    @Override
    public @Nullable Document deserialize(JsonParser in, DeserializationContext context) {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            return (Document) context.handleUnexpectedToken(Document.class, in);
        }
        StringWriter text = new StringWriter();
        try (JsonGenerator copy = TEXTS.createGenerator(ObjectWriteContext.empty(), text)) {
            copy.copyCurrentStructureExact(in);
        }
        try {
            return Document.parse(text.toString());
        } catch (KormException unfit) {
            return context.reportInputMismatch(this, "%s", unfit.getMessage());
        }
    }
}
