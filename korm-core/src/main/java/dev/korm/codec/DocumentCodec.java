package dev.korm.codec;

import dev.korm.Document;
import dev.korm.codec.base.JsonCodec;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import org.jspecify.annotations.Nullable;

/** A value inside a record that has no declared type, stored as JSON: a document, or any value that a document can hold. */
public final class DocumentCodec extends JsonCodec {
    /** Documents alone. */
    static final DocumentCodec INSTANCE = new DocumentCodec(false);

    /** Documents, lists, texts, numbers and all else that a document can hold. */
    static final DocumentCodec ANY = new DocumentCodec(true);

    private final boolean any;

    private DocumentCodec(boolean any) {
        this.any = any;
    }

    @Override
    public String typeName() {
        return any ? "Object" : "Document";
    }

    @Override
    public void write(Object value, JsonWriter out) {
        DynamicValue.write(any ? DynamicValue.normal(value, 1) : value, out);
    }

    @Override
    public Object read(Object tree, @Nullable SecretLocation location) {
        if (any || tree instanceof JsonObject) {
            Object value = DynamicValue.fromTree(tree, location);
            if (value != null && (any || value instanceof Document)) {
                return value;
            }
        }
        throw new TypeMismatch("expected a JSON object; declare the field as Object to read values of several kinds");
    }

    @Override
    public Object convert(Object value, int depth) {
        Object normal = any || value instanceof java.util.Map<?, ?> || value instanceof Record
                ? DynamicValue.normal(value, Math.max(any ? 1 : 0, depth))
                : value;
        if (normal instanceof Document || (any && normal != null)) {
            return normal;
        }
        throw unfit(value);
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        return any ? DynamicValue.same(DynamicValue.normal(one, 1), DynamicValue.normal(other, 1)) : one.equals(other);
    }

    @Override
    public Object describe(Object value, int depth) {
        return DynamicValue.describe(any ? DynamicValue.normal(value, 1) : value);
    }
}
