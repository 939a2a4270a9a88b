package dev.korm.model;

import dev.korm.Document;
import dev.korm.ModelException;
import dev.korm.codec.Codecs;
import dev.korm.codec.RecordCodec;

/** The models of classes, made once for each. */
public final class Models {
    private static final ClassValue<Model<?>> BY_CLASS = new ClassValue<>() {
        @Override
        protected Model<?> computeValue(Class<?> type) {
            return make(type);
        }
    };

    private Models() {}

    /**
     * Returns the model of a record, or of documents.
     *
     * @throws ModelException when the class, or a field of it, cannot be stored; names it and the way out
     */
    @SuppressWarnings("unchecked")
    public static <T> Model<T> of(Class<T> type) {
        return (Model<T>) BY_CLASS.get(type);
    }

    private static Model<?> make(Class<?> type) {
        if (type == Document.class) {
            return DocumentModel.INSTANCE;
        }
        if (!type.isRecord()) {
            throw new ModelException("An item's data is a record or a Document; " + type.getName()
                    + " is neither. Make it a record, or use Document"
                    + (type.isSealed() ? "; a sealed interface can be the type of a record's field" : ""));
        }
        return new RecordModel<>(type, (RecordCodec) Codecs.ofClass(type));
    }
}
