package dev.korm.codec.scalar;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.spi.query.ColumnKind;
import java.util.Optional;

/** A file, stored as its RN's text; what it holds goes to its depot. */
public final class FileRefCodec extends ScalarCodec {
    private final Optional<FileRelease> release;

    public FileRefCodec() {
        this(Optional.empty());
    }

    private FileRefCodec(Optional<FileRelease> release) {
        super(FileRef.class, ColumnKind.RN, Order.UNORDERED);
        this.release = release;
    }

    /** Returns the same for files with a release of their own. */
    public FileRefCodec releasing(FileRelease own) {
        return new FileRefCodec(Optional.of(own));
    }

    /** Returns the release policy of the files; empty where the depot decides. */
    public Optional<FileRelease> release() {
        return release;
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
            throw new TypeMismatch("the text is not the RN of a file; read the field as String to see and correct it");
        }
    }

    @Override
    public Object convert(Object value, int depth) {
        return value instanceof String || (value instanceof Rn<?> rn && rn.isDepot())
                ? fromStored(value.toString())
                : super.convert(value, depth);
    }
}
