package dev.korm.model;

import dev.korm.FieldPath;
import dev.korm.Indexed;
import dev.korm.ModelException;
import dev.korm.PathException;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.model.reference.Policies;
import dev.korm.schema.Unindexed;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The indexes that {@link Indexed} declares. */
final class Indexes {
    private Indexes() {}

    /**
     * An index of any table of the record.
     *
     * @param deferred whether a table that is there without it can be written
     */
    record Wish(List<String> paths, List<Operand> parts, boolean deferred) {}

    static List<Wish> of(Class<?> type, RecordCodec codec, Node root) {
        List<Wish> wishes = new ArrayList<>();
        for (RecordField field : codec.fields()) {
            Indexed indexed = field.component().getAnnotation(Indexed.class);
            boolean unindexed = field.component().isAnnotationPresent(Unindexed.class);
            if (unindexed && (indexed != null || Policies.wantsIndex(field) || !Policies.isReference(field))) {
                throw new ModelException("@Unindexed of " + type.getSimpleName() + "." + field.name()
                        + (Policies.isReference(field)
                                ? " contradicts another annotation of the field, which needs an index; leave one of them out"
                                : " says nothing: only a field of type Rn has an index without being told"));
            }
            if (indexed == null) {
                if (Policies.wantsIndex(field)) {
                    wishes.add(wish(type, List.of(field.name()), root, false));
                } else if (Policies.isReference(field) && !unindexed) {
                    wishes.add(wish(type, List.of(field.name()), root, true));
                }
                continue;
            }
            if (indexed.value().length > 0) {
                throw refuse(
                        type,
                        field.name(),
                        "on a field it takes no paths; put the annotation with paths on the record");
            }
            wishes.add(wish(type, List.of(field.name()), root, false));
        }
        for (Indexed indexed : type.getAnnotationsByType(Indexed.class)) {
            if (indexed.value().length == 0) {
                throw refuse(type, "", "on a record it names the fields: @Indexed({\"make\", \"year\"})");
            }
            wishes.add(wish(type, List.of(indexed.value()), root, false));
        }
        return once(wishes);
    }

    /** Returns each index once; one that is declared is not deferred. */
    private static List<Wish> once(List<Wish> wishes) {
        Map<List<String>, Wish> byPaths = new LinkedHashMap<>();
        for (Wish wish : wishes) {
            byPaths.merge(wish.paths(), wish, (first, other) -> first.deferred() ? other : first);
        }
        return List.copyOf(byPaths.values());
    }

    private static Wish wish(Class<?> type, List<String> texts, Node root, boolean deferred) {
        List<String> paths = new ArrayList<>();
        List<Operand> parts = new ArrayList<>();
        for (String text : texts) {
            FieldPath path;
            try {
                path = FieldPath.parse(text);
            } catch (PathException malformed) {
                throw new ModelException(
                        "@Indexed of " + type.getSimpleName() + " has an invalid path: " + malformed.getMessage());
            }
            paths.add(path.toString());
            parts.add(part(type, path, root));
        }
        return new Wish(List.copyOf(paths), List.copyOf(parts), deferred);
    }

    private static Operand part(Class<?> type, FieldPath path, Node root) {
        Node at = root;
        Operand.Column column = null;
        List<JsonPath.Step> inside = new ArrayList<>();
        for (FieldPath.Step step : path.steps()) {
            if (at.reference().isPresent()) {
                throw refuse(type, path, "it goes through a reference, into another table; index the reference");
            }
            if (step instanceof FieldPath.Field field) {
                Node.Member member = at.member(field.name()).orElse(null);
                if (member == null) {
                    throw refuse(type, path, "there is no field \"" + field.name() + "\" in " + at.typeName());
                }
                if (column == null) {
                    // The kind is the column's, which is JSON also where only the data tells what is inside.
                    ColumnKind kind = member.node().isDynamic()
                            ? ColumnKind.JSON
                            : member.node().kind();
                    column = new Operand.Column(0, member.storedName(), kind);
                } else {
                    inside.add(new JsonPath.Member(member.storedName()));
                }
                at = member.node();
            } else if (step instanceof FieldPath.Entry entry && at.entry().isPresent()) {
                inside.add(new JsonPath.Entry(entry.index()));
                at = at.entry().get();
            } else {
                throw refuse(
                        type,
                        path,
                        "it can lead to several values, or has an index after something that is not a list");
            }
        }
        if (column == null) {
            throw refuse(type, path, "it does not begin with a field");
        }
        if (at.kind() == ColumnKind.ENCRYPTED) {
            throw refuse(type, path, at.typeName() + " is sealed or hashed, so it cannot be indexed");
        }
        if (at.kind() == ColumnKind.JSON || (at.isDynamic() && inside.isEmpty())) {
            throw refuse(type, path, at.typeName() + " is not a single value; name a field inside it");
        }
        return inside.isEmpty() ? column : new Operand.Json(column, new JsonPath(inside), at.kind());
    }

    private static ModelException refuse(Class<?> type, Object path, String reason) {
        return new ModelException(
                "@Indexed of " + type.getSimpleName() + " cannot be kept for the path \"" + path + "\": " + reason);
    }
}
