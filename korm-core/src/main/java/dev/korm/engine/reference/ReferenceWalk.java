package dev.korm.engine.reference;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.Unique;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sees the references in data of which no record is known, and may change them or take them out. */
public final class ReferenceWalk {
    private ReferenceWalk() {}

    /** A function that replaces a reference. */
    public interface Change {
        /**
         * Returns the replacement; null removes the reference: a field becomes null, an entry of a list or map goes.
         *
         * @param path where it stands, list entries by their index
         */
        @Nullable Rn<?> of(Rn<?> reference, FieldPath path);
    }

    /** Returns the data with the references at a path of stored names changed; the same instance when nothing was. */
    static Document along(Document data, FieldPath path, Change change) {
        return document(at(data, path.steps(), 0, List.of(), change), data);
    }

    /** Returns the data with all references in it changed; the same instance when nothing was. */
    public static Document everywhere(Document data, Change change) {
        return document(at(data, null, 0, List.of(), change), data);
    }

    private static Document document(@Nullable Object changed, Document data) {
        return changed instanceof Document document ? document : data;
    }

    private static @Nullable Object at(
            @Nullable Object value,
            @Nullable List<FieldPath.Step> steps,
            int depth,
            List<FieldPath.Step> way,
            Change change) {
        if (value instanceof Unique<?> unique) {
            Object inner = at(unique.value(), steps, depth, way, change);
            return inner == unique.value() ? value : inner == null ? null : Unique.of(inner);
        }
        boolean ended = steps == null || depth == steps.size();
        if (value instanceof Rn<?> reference) {
            return ended ? change.of(reference, FieldPath.of(way)) : value;
        }
        if (steps != null && ended) {
            return value;
        }
        if (value instanceof Document document) {
            return members(document, steps, depth, way, change);
        }
        if (value instanceof List<?> list && (steps == null || !(steps.get(depth) instanceof FieldPath.Field))) {
            return entries(list, steps, depth, way, change);
        }
        return value;
    }

    private static Object members(
            Document document,
            @Nullable List<FieldPath.Step> steps,
            int depth,
            List<FieldPath.Step> way,
            Change change) {
        FieldPath.Step step = steps == null ? new FieldPath.EveryField() : steps.get(depth);
        boolean each = step instanceof FieldPath.EveryField;
        if (!each && !(step instanceof FieldPath.Field)) {
            return document;
        }
        Document.Builder builder = document.toBuilder();
        boolean changed = false;
        for (Map.Entry<String, @Nullable Object> member : document.asMap().entrySet()) {
            FieldPath.Field name = new FieldPath.Field(member.getKey());
            if (!each && !name.equals(step)) {
                continue;
            }
            Object now = at(member.getValue(), steps, depth + 1, then(way, name), change);
            if (now != member.getValue()) {
                changed = true;
                if (now == null && each && steps != null) {
                    builder.remove(name.name());
                } else {
                    builder.put(name.name(), now);
                }
            }
        }
        return changed ? builder.build() : document;
    }

    private static Object entries(
            List<?> list, @Nullable List<FieldPath.Step> steps, int depth, List<FieldPath.Step> way, Change change) {
        List<@Nullable Object> entries = new ArrayList<>(list.size());
        boolean changed = false;
        for (int i = 0; i < list.size(); i++) {
            Object entry = list.get(i);
            Object now = at(entry, steps, depth + 1, then(way, new FieldPath.Entry(i)), change);
            changed |= now != entry;
            if (now != null || entry == null) {
                entries.add(now);
            }
        }
        return changed ? entries : list;
    }

    private static List<FieldPath.Step> then(List<FieldPath.Step> way, FieldPath.Step step) {
        List<FieldPath.Step> longer = new ArrayList<>(way);
        longer.add(step);
        return longer;
    }
}
