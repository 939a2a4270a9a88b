package dev.korm.model.reference;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.Unique;
import dev.korm.codec.CodecTree;
import dev.korm.codec.DocumentCodec;
import dev.korm.codec.DynamicPath;
import dev.korm.codec.MapCodec;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SealedCodec;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.ListCodec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.codec.scalar.FileRefCodec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.model.Model;
import dev.korm.model.row.Failures;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Replaces references in data; what holds no changed reference stays the same instance. */
public final class References {
    private References() {}

    /** A function that replaces a part of a value. */
    @FunctionalInterface
    private interface Part {
        /**
         * @param name the field's name or the key; null for an entry of a list
         * @param index the entry's index; -1 for fields
         * @param codec the part's; null when only the data tells what it is
         */
        @Nullable Object map(@Nullable String name, int index, @Nullable Codec codec, @Nullable Object value);
    }

    /** A function that replaces a file. */
    @FunctionalInterface
    public interface FileEditor {
        /** @param declared what its field says about its release */
        FileRef change(FileRef file, Optional<FileRelease> declared);

        /** Returns an editor that changes nothing. */
        public static FileEditor showing(FileVisitor visitor) {
            return (file, declared) -> {
                visitor.visit(file, declared);
                return file;
            };
        }

        /** Returns an editor that refuses what would have to be stored first. */
        public static FileEditor refusingNew() {
            return showing((file, declared) -> {
                if (file.isFloating()) {
                    throw new QueryException("Many items at once cannot be given the new content of " + file.rn()
                            + ", which is stored with one item; store it by files().store(…) of the pool and assign"
                            + " FileRef.to(rn), or change the items one by one");
                }
            });
        }
    }

    /** Returns whether values of a type can hold references at all. */
    public static boolean mayRefer(Codec codec) {
        return CodecTree.any(
                codec,
                part -> part instanceof RnCodec || part instanceof FileRefCodec || part instanceof DocumentCodec);
    }

    /** Returns whether values of a type can hold files at all. */
    public static boolean mayHoldFiles(Codec codec) {
        return CodecTree.any(codec, part -> part instanceof FileRefCodec || part instanceof DocumentCodec);
    }

    /** Works as {@link Model#mapReferences}. */
    public static Object along(
            @Nullable Codec codec, Object data, List<FieldPath.Step> steps, ReferenceVisitor visitor, String model) {
        try {
            return along(codec, data, steps, visitor);
        } catch (TypeMismatch misfit) {
            throw Failures.read(model, misfit, null);
        }
    }

    /** @throws TypeMismatch when a constructor refuses what the visitor returned */
    static Object along(@Nullable Codec codec, Object data, List<FieldPath.Step> steps, ReferenceVisitor visitor) {
        return Objects.requireNonNull(along(codec, data, steps, 0, visitor));
    }

    /** Works as {@link Model#mapAllReferences}. */
    public static Object all(@Nullable Codec codec, Object data, UnaryOperator<Rn<?>> change, String model) {
        try {
            return Objects.requireNonNull(all(codec, data, change, 0));
        } catch (TypeMismatch misfit) {
            throw Failures.read(model, misfit, null);
        }
    }

    /** Works as {@link Model#mapAllFiles}. */
    public static Object files(@Nullable Codec codec, Object data, FileEditor change, String model) {
        try {
            return Objects.requireNonNull(files(codec, data, change, 0));
        } catch (TypeMismatch misfit) {
            throw Failures.read(model, misfit, null);
        }
    }

    private static @Nullable Object files(@Nullable Codec codec, @Nullable Object value, FileEditor change, int depth) {
        Codec.checkDepth(depth);
        if (value instanceof FileRef file) {
            FileRef now = change.change(file, codec instanceof FileRefCodec own ? own.release() : Optional.empty());
            return codec == null && file.isFloating() && !now.isFloating() ? now.rn() : now;
        }
        if (codec == null && value instanceof Rn<?> rn && rn.form() == Rn.Form.FILE) {
            FileRef file = FileRef.to(rn);
            FileRef now = change.change(file, Optional.empty());
            return now.equals(file) ? value : now.isFloating() ? now : now.rn();
        }
        return parts(codec, value, (name, index, part, inner) -> files(part, inner, change, depth + 1));
    }

    private static @Nullable Object along(
            @Nullable Codec codec,
            @Nullable Object value,
            List<FieldPath.Step> steps,
            int at,
            ReferenceVisitor visitor) {
        if (value instanceof FileRef file) {
            return visitor.file(file);
        }
        if (codec == null && value instanceof Rn<?> rn && rn.form() == Rn.Form.FILE) {
            FileRef file = FileRef.to(rn);
            FileRef now = visitor.file(file);
            return now.isResolved() ? now : value;
        }
        if (value instanceof Rn<?> reference) {
            Class<?> target = codec instanceof RnCodec declared ? declared.target() : Document.class;
            return visitor.visit(reference, target, steps.subList(at, steps.size()));
        }
        if (isTransparent(codec, value)) {
            return parts(codec, value, (name, index, part, inner) -> along(part, inner, steps, at, visitor));
        }
        if (at == steps.size()) {
            return value;
        }
        FieldPath.Step step = steps.get(at);
        RecordCodec record = value == null ? null : recordOf(codec, value);
        if (value != null && record != null && step instanceof FieldPath.Field named) {
            RecordField field = record.field(named.name()).orElse(null);
            return field == null ? value : alongField(record, value, field, steps, at, visitor);
        }
        return parts(
                codec,
                value,
                (name, index, part, inner) ->
                        leadsTo(step, name, index) ? along(part, inner, steps, at + 1, visitor) : inner);
    }

    /** Returns the record that the value is one of, where it is one. */
    private static @Nullable RecordCodec recordOf(@Nullable Codec codec, Object value) {
        return codec instanceof RecordCodec own
                ? own
                : codec instanceof SealedCodec records ? records.codec(value) : null;
    }

    /** Goes on in one field of a record, without a look at the others. */
    private static Object alongField(
            RecordCodec record,
            Object value,
            RecordField field,
            List<FieldPath.Step> steps,
            int at,
            ReferenceVisitor visitor) {
        Object component = field.get(value);
        Object mapped = along(field.codec(), component, steps, at + 1, visitor);
        if (mapped == component) {
            return value;
        }
        @Nullable Object[] components = record.components(value);
        components[field.index()] = mapped;
        return record.construct(components);
    }

    private static boolean leadsTo(FieldPath.Step step, @Nullable String name, int index) {
        if (step instanceof FieldPath.Field field) {
            return field.name().equals(name);
        }
        if (step instanceof FieldPath.Entry entry) {
            return entry.index() == index;
        }
        return step instanceof FieldPath.EveryField || index >= 0;
    }

    private static @Nullable Object all(
            @Nullable Codec codec, @Nullable Object value, UnaryOperator<Rn<?>> change, int depth) {
        Codec.checkDepth(depth);
        if (value instanceof Rn<?> reference) {
            return change.apply(reference);
        }
        return parts(codec, value, (name, index, part, inner) -> all(part, inner, change, depth + 1));
    }

    /** Returns whether a value is only a wrapper around another, which no step of a path is spent on. */
    private static boolean isTransparent(@Nullable Codec codec, @Nullable Object value) {
        return codec instanceof WrapperCodec || (codec == null && value instanceof Unique<?>);
    }

    /** Returns the value with all its parts mapped; the same one when all came back the same. */
    private static @Nullable Object parts(@Nullable Codec codec, @Nullable Object value, Part part) {
        if (value == null) {
            return null;
        }
        if (codec instanceof WrapperCodec wrapper) {
            if (wrapper.isEmpty(value)) {
                return value;
            }
            Object inner = wrapper.unwrap(value);
            Object mapped = part.map(null, -1, wrapper.inner(), inner);
            return mapped == inner ? value : mapped == null ? wrapper.ofNull() : wrapper.wrap(mapped);
        }
        if (codec instanceof RecordCodec record) {
            return record(record, value, part);
        }
        if (codec instanceof SealedCodec records) {
            return record(records.codec(value), value, part);
        }
        if (codec instanceof ListCodec list) {
            List<@Nullable Object> mapped = entries((Collection<?>) value, list.element(), part);
            return mapped == null ? value : list.collection(mapped);
        }
        if (codec instanceof MapCodec map) {
            return map(map, (Map<?, ?>) value, part);
        }
        return dynamic(value, part);
    }

    private static Object record(RecordCodec codec, Object value, Part part) {
        @Nullable Object[] components = codec.components(value);
        boolean changed = false;
        for (RecordField field : codec.fields()) {
            Object component = components[field.index()];
            Object mapped = part.map(field.name(), -1, field.codec(), component);
            components[field.index()] = mapped;
            changed |= mapped != component;
        }
        return changed ? codec.construct(components) : value;
    }

    private static @Nullable List<@Nullable Object> entries(Collection<?> entries, @Nullable Codec element, Part part) {
        List<@Nullable Object> mapped = new ArrayList<>(entries.size());
        boolean changed = false;
        for (Object entry : entries) {
            Object now = part.map(null, mapped.size(), element, entry);
            mapped.add(now);
            changed |= now != entry;
        }
        return changed ? mapped : null;
    }

    private static Object map(MapCodec codec, Map<?, ?> map, Part part) {
        Map<Object, @Nullable Object> mapped = new LinkedHashMap<>();
        boolean changed = false;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object now = part.map(codec.keyText(entry.getKey()), -1, codec.value(), entry.getValue());
            mapped.put(entry.getKey(), now);
            changed |= now != entry.getValue();
        }
        return changed ? Collections.unmodifiableMap(mapped) : map;
    }

    private static @Nullable Object dynamic(Object value, Part part) {
        if (value instanceof Unique<?> unique) {
            Object mapped = part.map(null, -1, null, unique.value());
            return mapped == unique.value() || mapped == null ? value : Unique.of(mapped);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> mapped = entries(list, null, part);
            return mapped == null ? value : DynamicPath.list(mapped);
        }
        if (!(value instanceof Document document)) {
            return value;
        }
        Document.Builder builder = document.toBuilder();
        boolean changed = false;
        for (Map.Entry<String, @Nullable Object> field : document.asMap().entrySet()) {
            Object now = part.map(field.getKey(), -1, null, field.getValue());
            if (now != field.getValue()) {
                builder.put(field.getKey(), now);
                changed = true;
            }
        }
        return changed ? builder.build() : value;
    }
}
