package dev.korm.codec;

import dev.korm.Document;
import dev.korm.spi.ColumnKind;

/** A document inside a record, stored as a JSON object. */
public final class DocumentCodec extends Codec {
    static final DocumentCodec INSTANCE = new DocumentCodec();

    private DocumentCodec() {}

    @Override
    public ColumnKind kind() {
        return ColumnKind.JSON;
    }

    @Override
    public String typeName() {
        return "Document";
    }

    @Override
    public Object toStored(Object value) {
        return JsonWriter.text(this, value);
    }

    @Override
    public Object fromStored(Object stored) {
        return ListCodec.readTree(this, stored);
    }

    @Override
    public void write(Object value, JsonWriter out) {
        Dynamic.write(value, out);
    }

    @Override
    Object read(Object tree) {
        if (tree instanceof JsonObject && Dynamic.fromTree(tree) instanceof Document document) {
            return document;
        }
        throw new Misfit("the JSON there is no object");
    }

    @Override
    public Object convert(Object value, int depth) {
        Object normal =
                value instanceof java.util.Map<?, ?> || value instanceof Record ? Dynamic.normal(value, depth) : value;
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
        return Dynamic.describe(value);
    }
}
