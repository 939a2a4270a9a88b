package dev.korm.model.reference;

import dev.korm.DeletePolicy;
import dev.korm.FieldPath;
import dev.korm.ModelException;
import dev.korm.OnDelete;
import dev.korm.Stored;
import dev.korm.codec.CodecTree;
import dev.korm.codec.MapCodec;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SealedCodec;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.ListCodec;
import dev.korm.codec.base.OptionalCodec;
import dev.korm.codec.base.UniqueCodec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.shape.Component;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds what {@link OnDelete} says in a record and the records nested in it. Used once, for one class, by one thread. */
public final class Policies {
    private static final String NULL_MARKED = "org.jspecify.annotations.NullMarked";
    private static final String NULL_UNMARKED = "org.jspecify.annotations.NullUnmarked";
    private static final Set<String> NEVER_NULL = Set.of("NonNull", "Nonnull", "NotNull");

    private final Class<?> type;
    private final Map<FieldPath, ReferencePolicy> found = new LinkedHashMap<>();
    private final List<RecordCodec> within = new ArrayList<>();

    private Policies(Class<?> type) {
        this.type = type;
    }

    /**
     * Returns the policies of a record.
     *
     * @throws ModelException when one cannot be kept; names the field and the way out
     */
    public static List<ReferencePolicy> of(Class<?> type, RecordCodec codec) {
        if (!declares(codec)) {
            return List.of();
        }
        Policies policies = new Policies(type);
        policies.record(codec, List.of());
        return List.copyOf(policies.found.values());
    }

    /** Returns whether a component with a policy needs an index of its own column. */
    public static boolean wantsIndex(RecordField field) {
        OnDelete declared = field.component().getAnnotation(OnDelete.class);
        return declared != null && declared.value() != DeletePolicy.LEAVE && isReference(field);
    }

    /** Returns whether a component is a reference, a column of its own. */
    public static boolean isReference(RecordField field) {
        return bare(field.codec()) instanceof RnCodec;
    }

    private static boolean declares(Codec codec) {
        return CodecTree.any(
                codec,
                part -> part instanceof RecordCodec record
                        && record.fields().stream()
                                .anyMatch(field -> field.component().isAnnotationPresent(OnDelete.class)));
    }

    private static Codec bare(Codec codec) {
        Codec bare = codec;
        while (bare instanceof WrapperCodec wrapper) {
            bare = wrapper.inner();
        }
        return bare;
    }

    private void record(RecordCodec record, List<FieldPath.Step> prefix) {
        if (within.contains(record)) {
            if (declares(record)) {
                throw new ModelException("@OnDelete cannot be kept in " + type.getSimpleName() + " at the path "
                        + FieldPath.of(prefix) + ": the record "
                        + record.type().getSimpleName()
                        + " is recursive, so its references have endless paths. Keep them in a field outside of it");
            }
            return;
        }
        within.add(record);
        for (RecordField field : record.fields()) {
            List<FieldPath.Step> path = then(prefix, new FieldPath.Field(field.storedName()));
            OnDelete declared = field.component().getAnnotation(OnDelete.class);
            boolean isReference = value(field.codec(), path, Optional.ofNullable(declared), field);
            if (declared != null && !isReference) {
                throw refuse(
                        field,
                        "it is neither an Rn nor a list or map of them that can be searched; put the annotation on the"
                                + " component that is the Rn");
            }
        }
        within.remove(within.size() - 1);
    }

    /** Checks whether the component itself holds references. */
    private boolean value(Codec codec, List<FieldPath.Step> path, Optional<OnDelete> declared, RecordField field) {
        if (codec instanceof OptionalCodec || codec instanceof UniqueCodec) {
            return value(((WrapperCodec) codec).inner(), path, declared, field);
        }
        if (codec instanceof RnCodec reference) {
            declared.ifPresent(policy -> add(path, policy.value(), reference, field));
            return true;
        }
        if (codec instanceof ListCodec list) {
            return value(list.element(), then(path, new FieldPath.EveryEntry()), declared, field);
        }
        if (codec instanceof MapCodec map) {
            return value(map.value(), then(path, new FieldPath.EveryField()), declared, field);
        }
        if (codec instanceof SealedCodec records) {
            records.records().forEach(record -> record(record, path));
        } else if (codec instanceof RecordCodec record) {
            record(record, path);
        }
        return false;
    }

    private void add(List<FieldPath.Step> steps, DeletePolicy policy, RnCodec reference, RecordField field) {
        boolean ownField = steps.get(steps.size() - 1) instanceof FieldPath.Field;
        if (policy == DeletePolicy.SET_NULL && ownField && !takesNull(field)) {
            throw refuse(
                    field,
                    "SET_NULL would store null in a field that cannot be null. Make it Optional<Rn<…>> or @Nullable, or choose RESTRICT or"
                            + " CASCADE");
        }
        Stored stored = reference.target().getAnnotation(Stored.class);
        Optional<ReferencePolicy.Target> target =
                Optional.ofNullable(stored).map(home -> new ReferencePolicy.Target(home.namespace(), home.kind()));
        FieldPath path = FieldPath.of(steps);
        ReferencePolicy added = new ReferencePolicy(path, policy, target);
        ReferencePolicy earlier = found.putIfAbsent(path, added);
        if (earlier != null && !earlier.equals(added)) {
            throw refuse(
                    field,
                    "another record of the same sealed interface keeps a reference at the path " + path
                            + " with another policy or target. Give both the same, or give one of them another @Name");
        }
    }

    private static boolean takesNull(RecordField field) {
        Codec codec = field.codec();
        while (codec instanceof WrapperCodec wrapper) {
            if (wrapper instanceof OptionalCodec) {
                return true;
            }
            codec = wrapper.inner();
        }
        Component component = field.component();
        Set<String> names = new HashSet<>();
        for (AnnotatedElement element : List.of(component, component.annotatedType(), component.accessor())) {
            for (Annotation annotation : element.getAnnotations()) {
                names.add(annotation.annotationType().getSimpleName());
            }
        }
        if (names.contains("Nullable")) {
            return true;
        }
        return names.stream().noneMatch(NEVER_NULL::contains) && !isNullMarked(component.owner());
    }

    /** Returns whether types that say nothing about null take none; what is said nearest counts. */
    private static boolean isNullMarked(Class<?> record) {
        List<AnnotatedElement> scopes = new ArrayList<>();
        for (Class<?> at = record; at != null; at = at.getEnclosingClass()) {
            scopes.add(at);
        }
        if (record.getPackage() != null) {
            scopes.add(record.getPackage());
        }
        scopes.add(record.getModule());
        for (AnnotatedElement scope : scopes) {
            for (Annotation annotation : scope.getAnnotations()) {
                String name = annotation.annotationType().getName();
                if (name.equals(NULL_MARKED) || name.equals(NULL_UNMARKED)) {
                    return name.equals(NULL_MARKED);
                }
            }
        }
        return false;
    }

    private ModelException refuse(RecordField field, String reason) {
        return new ModelException("@OnDelete cannot be kept for the field "
                + field.component().owner().getSimpleName() + "." + field.name() + " of type "
                + field.component().genericType().getTypeName() + ", in " + type.getSimpleName() + ": " + reason);
    }

    private static List<FieldPath.Step> then(List<FieldPath.Step> steps, FieldPath.Step step) {
        List<FieldPath.Step> longer = new ArrayList<>(steps);
        longer.add(step);
        return longer;
    }
}
