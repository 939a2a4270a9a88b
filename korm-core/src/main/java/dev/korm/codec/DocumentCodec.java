package dev.korm.codec;

import dev.korm.Document;
import dev.korm.codec.text.JsonObject;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import org.jspecify.annotations.Nullable;

/** A document inside a record, stored as a JSON object. */
public final class DocumentCodec extends JsonCodec {
    static final DocumentCodec INSTANCE = new DocumentCodec();

    private DocumentCodec() {}

    @Override
    public String typeName() {
        return "Document";
    }

    @Override
    public void write(Object value, JsonWriter out) {
        DynamicValue.write(value, out);
    }

    @Override
    Object read(Object tree, @Nullable SecretLocation spot) {
        if (tree instanceof JsonObject && DynamicValue.fromTree(tree, spot) instanceof Document document) {
            return document;
        }
        throw new TypeMismatch("the JSON there is no object");
    }

    @Override
    public Object convert(Object value, int depth) {
        Object normal = value instanceof java.util.Map<?, ?> || value instanceof Record
                ? DynamicValue.normal(value, depth)
                : value;
        if (normal instanceof Document) {
            return normal;
        }
        throw unfit(value);
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        return one.equals(other);
    }

    @Override
    public Object describe(Object value, int depth) {
        return DynamicValue.describe(value);
    }
}
