package dev.korm.jackson;

import dev.korm.KormException;
import dev.korm.file.FileRef;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads a reference to a file that is in its depot. */
final class FileRefDeserializer extends StdDeserializer<FileRef> {
    FileRefDeserializer() {
        super(FileRef.class);
    }

    @Override
    public @Nullable FileRef deserialize(JsonParser in, DeserializationContext context) {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            return (FileRef) context.handleUnexpectedToken(FileRef.class, in);
        }
        try {
            return FileRef.to(in.getString());
        } catch (KormException malformed) {
            return context.reportInputMismatch(this, "%s", malformed.getMessage());
        }
    }
}
