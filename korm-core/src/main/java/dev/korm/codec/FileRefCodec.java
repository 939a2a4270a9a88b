package dev.korm.codec;

import dev.korm.FileRef;
import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.spi.ColumnKind;

/** A file, stored as its RN's text; what it holds goes to its depot. */
public final class FileRefCodec extends ScalarCodec {
    FileRefCodec() {
        super(FileRef.class, ColumnKind.RN, Order.UNORDERED);
    }

    @Override
    public Object toStored(Object value) {
        return value.toString();
    }

    @Override
    public Object fromStored(Object stored) {
        try {
            return FileRef.to((String) stored);
        } catch (RnException malformed) {
            throw new Misfit("the text is no RN of a file; read the field as String to see and mend it");
        }
    }

    @Override
    public Object convert(Object value, int depth) {
        return value instanceof String || (value instanceof Rn<?> rn && rn.isDepot())
                ? fromStored(value.toString())
                : super.convert(value, depth);
    }
}
