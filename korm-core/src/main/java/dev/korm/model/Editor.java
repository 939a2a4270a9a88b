package dev.korm.model;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.codec.DocumentCodec;
import dev.korm.codec.DynamicPath;
import dev.korm.codec.DynamicValue;
import dev.korm.codec.MapCodec;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SealedCodec;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.ListCodec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.model.reference.ReferenceEditor;
import dev.korm.model.row.Failures;
import dev.korm.model.row.UnknownField;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes changed copies of a record's data. */
final class Editor {
    private final String model;
    private final ReferenceEditor references;

    /** @param model the record's name, for messages */
    Editor(String model, ReferenceEditor references) {
        this.model = model;
        this.references = references;
    }

    /** Returns the field that a path of one step names. */
    static RecordField topLevel(RecordCodec codec, FieldPath path) {
        if (path.steps().size() == 1 && path.steps().get(0) instanceof FieldPath.Field field) {
            return codec.field(field.name())
                    .orElseThrow(() -> UnknownField.error(field.name(), codec.typeName(), path, codec.names()));
        }
        throw new PathException("The path " + path + " is not a top-level field of " + codec.typeName()
                + "; bulk changes can only set whole fields");
    }

    /** Returns the record with another value at a path. */
    Object set(RecordCodec codec, Object data, FieldPath path, @Nullable Object value) {
        try {
            return Objects.requireNonNull(new Setting(path, value).at(codec, data, 0));
        } catch (TypeMismatch misfit) {
            throw Failures.set(model, misfit, path);
        }
    }

    private final class Setting {
        private final FieldPath path;
        private final @Nullable Object value;

        Setting(FieldPath path, @Nullable Object value) {
            this.path = path;
            this.value = value;
        }

        @Nullable Object at(Codec codec, @Nullable Object current, int at) {
            if (at == path.steps().size()) {
                return codec.convertNullable(value, 0);
            }
            FieldPath.Step step = path.steps().get(at);
            if (step instanceof FieldPath.EveryEntry || step instanceof FieldPath.EveryField) {
                throw DynamicPath.many(path);
            }
            if (codec instanceof WrapperCodec wrapper) {
                Object inner = current == null || wrapper.isEmpty(current) ? null : wrapper.unwrap(current);
                Object changed = at(wrapper.inner(), inner, at);
                return changed == null ? wrapper.ofNull() : wrapper.wrap(changed);
            }
            if (codec instanceof DocumentCodec) {
                return inDocument(current, at);
            }
            if (codec instanceof MapCodec map && step instanceof FieldPath.Field field) {
                return inMap(map, current, field.name(), at);
            }
            if (current == null) {
                throw new PathException("The path " + path + " cannot be set: " + codec.typeName()
                        + " is null before step " + (at + 1) + "; set the whole value first");
            }
            if (codec instanceof RnCodec) {
                return references.set(
                        (Rn<?>) current, path.steps().subList(at, path.steps().size()), value, path);
            }
            RecordCodec record = recordOf(codec, current);
            if (record != null && step instanceof FieldPath.Field field) {
                return inRecord(record, current, field.name(), at);
            }
            if (codec instanceof ListCodec list
                    && current instanceof List<?> entries
                    && step instanceof FieldPath.Entry entry) {
                return inList(list, entries, entry.index(), at);
            }
            throw new PathException("The path " + path + " cannot be set: step " + (at + 1) + " follows "
                    + codec.typeName()
                    + (step instanceof FieldPath.Field ? ", which has no fields" : ", which has no numbered entries"));
        }

        private @Nullable Object inDocument(@Nullable Object current, int at) {
            Object normal = DynamicValue.normal(value, 1);
            return DynamicPath.set(
                    current, path, at, normal, (reference, rest) -> references.set(reference, rest, value, path));
        }

        private Object inMap(MapCodec map, @Nullable Object current, String name, int at) {
            Map<Object, @Nullable Object> changed = copy((Map<?, ?>) current);
            Object key = map.key(name);
            changed.put(key, at(map.value(), changed.get(key), at + 1));
            return Collections.unmodifiableMap(changed);
        }

        private Object inRecord(RecordCodec record, Object current, String name, int at) {
            RecordField field = record.field(name)
                    .orElseThrow(() -> UnknownField.error(name, record.typeName(), path, record.names()));
            @Nullable Object[] components = record.components(current);
            components[field.index()] = at(field.codec(), components[field.index()], at + 1);
            return record.construct(components);
        }

        private Object inList(ListCodec list, List<?> entries, int index, int at) {
            DynamicPath.checkIndex(index, entries.size(), path);
            List<@Nullable Object> changed = new ArrayList<>(entries);
            changed.set(index, at(list.element(), entries.get(index), at + 1));
            return list.collection(changed);
        }
    }

    private static @Nullable RecordCodec recordOf(Codec codec, Object current) {
        if (codec instanceof RecordCodec record) {
            return record;
        }
        return codec instanceof SealedCodec records ? records.codec(current) : null;
    }

    private static Map<Object, @Nullable Object> copy(@Nullable Map<?, ?> map) {
        return map == null ? new LinkedHashMap<>() : new LinkedHashMap<>(map);
    }

    /** Returns the record with a change merged in. */
    Object patch(RecordCodec codec, Object data, Map<?, ?> change) {
        try {
            return patch(codec, data, change, null, 0);
        } catch (TypeMismatch misfit) {
            throw Failures.set(model, misfit, misfit.way());
        }
    }

    private Object patch(RecordCodec codec, Object data, Map<?, ?> change, @Nullable FieldPath above, int depth) {
        Codec.checkDepth(depth);
        @Nullable Object[] components = codec.components(data);
        for (Map.Entry<?, ?> entry : change.entrySet()) {
            String name = String.valueOf(entry.getKey());
            FieldPath path = DynamicPath.below(above, name);
            RecordField field = codec.field(name)
                    .orElseThrow(() -> UnknownField.error(name, codec.typeName(), path, codec.names()));
            try {
                components[field.index()] =
                        merge(field.codec(), components[field.index()], entry.getValue(), path, depth + 1);
            } catch (TypeMismatch misfit) {
                throw misfit.inField(field.name());
            }
        }
        return codec.construct(components);
    }

    private @Nullable Object merge(
            Codec codec, @Nullable Object current, @Nullable Object change, FieldPath path, int depth) {
        Codec.checkDepth(depth);
        Map<?, ?> members = members(Codec.bare(change));
        if (members == null || current == null || codec.isEmpty(current)) {
            return codec.convertNullable(change, depth);
        }
        if (codec instanceof WrapperCodec wrapper) {
            Object merged = merge(wrapper.inner(), wrapper.unwrap(current), change, path, depth);
            return merged == null ? wrapper.ofNull() : wrapper.wrap(merged);
        }
        if (codec instanceof RnCodec) {
            return references.patch((Rn<?>) current, texts(members), path);
        }
        if (codec instanceof DocumentCodec && current instanceof Document document) {
            return DynamicPath.patch(
                    document, members, (reference, inner, at) -> references.patch(reference, texts(inner), at), path);
        }
        if (codec instanceof MapCodec map) {
            return merge(map, (Map<?, ?>) current, members, path, depth);
        }
        if (codec instanceof RecordCodec record) {
            return patch(record, current, members, path, depth);
        }
        if (codec instanceof SealedCodec records) {
            return merge(records, current, members, path, depth);
        }
        return codec.convertNullable(change, depth);
    }

    private Object merge(MapCodec codec, Map<?, ?> current, Map<?, ?> change, FieldPath path, int depth) {
        Map<Object, @Nullable Object> merged = copy(current);
        for (Map.Entry<?, ?> entry : change.entrySet()) {
            Object key = entry.getKey() instanceof String text ? codec.key(text) : entry.getKey();
            String text = codec.keyText(key);
            try {
                merged.put(
                        Objects.requireNonNull(key),
                        merge(
                                codec.value(),
                                merged.get(key),
                                entry.getValue(),
                                DynamicPath.below(path, text),
                                depth + 1));
            } catch (TypeMismatch misfit) {
                throw misfit.inMap();
            }
        }
        return Collections.unmodifiableMap(merged);
    }

    /** Merges into the same record, unless the change names another. */
    private Object merge(SealedCodec codec, Object current, Map<?, ?> change, FieldPath path, int depth) {
        Object named = change.get(SealedCodec.TYPE);
        if (named != null && !named.equals(codec.name(current))) {
            return codec.convert(change, depth);
        }
        Map<Object, @Nullable Object> rest = copy(change);
        rest.remove(SealedCodec.TYPE);
        return patch(codec.codec(current), current, rest, path, depth);
    }

    private static @Nullable Map<?, ?> members(@Nullable Object change) {
        if (change instanceof Document document) {
            return document.asMap();
        }
        return change instanceof Map<?, ?> map ? map : null;
    }

    static Map<String, @Nullable Object> texts(Map<?, ?> members) {
        Map<String, @Nullable Object> texts = new LinkedHashMap<>();
        members.forEach((key, value) -> texts.put(String.valueOf(key), value));
        return texts;
    }
}
