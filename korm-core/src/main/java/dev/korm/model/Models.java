package dev.korm.model;

import dev.korm.Document;
import dev.korm.ModelException;
import dev.korm.codec.Codecs;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.shape.Component;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /** Returns the declared types of a record's fields by their names, in their order; none of a document, or of a class that is no data. */
    public static Map<String, Type> fieldTypes(Class<?> type) {
        Map<String, Type> types = new LinkedHashMap<>();
        if (Component.isComposed(type)) {
            Component.of(type).forEach(component -> types.put(component.name(), component.genericType()));
        }
        return types;
    }

    private static Model<?> make(Class<?> type) {
        if (type == Document.class) {
            return DocumentModel.INSTANCE;
        }
        if (!Component.isComposed(type)) {
            throw new ModelException("An item's data is a record or a Document; " + type.getName()
                    + " is neither. Make it a record, or use Document"
                    + (type.isSealed() ? "; a sealed interface can be the type of a record's field" : ""));
        }
        return new RecordModel<>(type, (RecordCodec) Codecs.ofClass(type));
    }
}
