package dev.korm.jackson;

import dev.korm.file.FileRef;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.std.StdSerializer;

/** Writes a file as the text of its RN; its content is not part of the JSON. */
final class FileRefSerializer extends StdSerializer<FileRef> {
    FileRefSerializer() {
        super(FileRef.class);
    }

    @Override
    public void serialize(FileRef file, JsonGenerator out, SerializationContext context) {
        out.writeString(file.rn().toString());
    }
}
