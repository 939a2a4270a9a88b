package dev.korm.codec;

import dev.korm.ConfigurationException;
import dev.korm.Default;
import dev.korm.Document;
import dev.korm.Encrypted;
import dev.korm.ModelException;
import dev.korm.Name;
import dev.korm.Normalized;
import dev.korm.Password;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.Unique;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.DefaultCodec;
import dev.korm.codec.base.ListCodec;
import dev.korm.codec.base.OptionalCodec;
import dev.korm.codec.base.UniqueCodec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.scalar.EnumCodec;
import dev.korm.codec.scalar.FileRefCodec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.scalar.ScalarCodec;
import dev.korm.codec.scalar.Scalars;
import dev.korm.codec.shape.Component;
import dev.korm.codec.shape.PlainClass;
import dev.korm.codec.shape.RecordAccess;
import dev.korm.codec.text.Article;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.file.FileRelease;
import dev.korm.file.OnRelease;
import dev.korm.file.ReleasePolicy;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.FingerprintKey;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the codec of a declared type and of every type that it is made of, which may be itself again. Used once, for one class,
 * by one thread.
 */
final class TypeResolver {
    /** A type with deeper arguments grows with every record it is used in, and never ends. */
    private static final int DEEPEST_ARGUMENTS = 16;

    private final Map<Bound, Codec> known = new HashMap<>();
    /** What can be said of a type only when all that it is made of are known. */
    private final List<Runnable> checks = new ArrayList<>();

    /** A class with its type arguments. */
    private record Bound(Class<?> raw, List<Bound> arguments) {
        // Written out, since those that a record has by itself are made of method handles at the first use.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Bound bound && raw == bound.raw && arguments.equals(bound.arguments);
        }

        @Override
        public int hashCode() {
            return 31 * raw.hashCode() + arguments.hashCode();
        }

        String text() {
            StringBuilder text = new StringBuilder(raw.getSimpleName());
            if (!arguments.isEmpty()) {
                text.append('<')
                        .append(String.join(
                                ", ", arguments.stream().map(Bound::text).toList()))
                        .append('>');
            }
            return text.toString();
        }

        int depth() {
            return 1 + arguments.stream().mapToInt(Bound::depth).max().orElse(0);
        }
    }

    /** The position of a type's declaration, for messages. */
    private record Site(String place, String declared) {
        ModelException refuse(String reason) {
            return new ModelException(place + " of type " + declared + " cannot be stored: " + reason);
        }
    }

    /** Returns the codec of a class that stands alone. */
    Codec root(Class<?> type) {
        Site site = new Site("A value", type.getTypeName());
        Codec codec = codec(bind(type, Map.of(), site), site);
        checks.forEach(Runnable::run);
        return codec;
    }

    private Bound bind(Type type, Map<TypeVariable<?>, Bound> variables, Site site) {
        if (type instanceof Class<?> raw) {
            if (raw.getTypeParameters().length > 0) {
                throw site.refuse(raw.getSimpleName() + " lacks its type arguments; as the type of a component, write "
                        + (raw == Rn.class ? "Rn<Document>" : raw.getSimpleName() + "<…>")
                        + " with concrete types; as the type of"
                        + " items, use a record without type parameters");
            }
            return new Bound(raw, List.of());
        }
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            List<Bound> arguments = new ArrayList<>();
            for (Type argument : generic.getActualTypeArguments()) {
                arguments.add(raw == Rn.class ? target(argument, variables, site) : bind(argument, variables, site));
            }
            Bound bound = new Bound(raw, arguments);
            if (bound.depth() > DEEPEST_ARGUMENTS) {
                throw site.refuse("its type arguments grow without end");
            }
            return bound;
        }
        if (type instanceof TypeVariable<?> variable) {
            Bound bound = variables.get(variable);
            if (bound == null) {
                throw site.refuse("it is unknown what " + variable.getName()
                        + " is; use the record inside another, with concrete type arguments");
            }
            return bound;
        }
        if (type instanceof WildcardType) {
            throw site.refuse("a wildcard does not say what to store; write a concrete type, or Document for any data");
        }
        if (type instanceof GenericArrayType) {
            throw site.refuse("arrays can be changed behind korm's back; use List");
        }
        throw site.refuse("it is of a form that korm does not know");
    }

    /** Returns the type that a reference refers to; a document where that is left open. */
    private Bound target(Type argument, Map<TypeVariable<?>, Bound> variables, Site site) {
        if (argument instanceof WildcardType wildcard) {
            Type upper = wildcard.getUpperBounds()[0];
            return upper == Object.class ? new Bound(Document.class, List.of()) : bind(upper, variables, site);
        }
        return bind(argument, variables, site);
    }

    private Codec codec(Bound type, Site site) {
        Codec codec = known.get(type);
        if (codec == null) {
            codec = make(type, site);
            known.put(type, codec);
        }
        return codec;
    }

    private Codec make(Bound type, Site site) {
        Class<?> raw = type.raw();
        if (Scalars.isScalar(raw)) {
            return Scalars.of(raw);
        }
        if (raw.isEnum()) {
            return new EnumCodec(raw);
        }
        if (raw == Document.class) {
            return DocumentCodec.INSTANCE;
        }
        if (raw == Object.class) {
            return DocumentCodec.ANY;
        }
        if (raw == Rn.class) {
            return reference(type.arguments().get(0), site);
        }
        if (raw == Unique.class) {
            return unique(type, site);
        }
        if (raw == Encrypted.class) {
            return encrypted(type, site);
        }
        if (raw == Password.class) {
            return PasswordCodec.INSTANCE;
        }
        Codec wrapped = optional(type, site);
        if (wrapped == null) {
            wrapped = collection(type, site);
        }
        if (wrapped != null) {
            return wrapped;
        }
        if (raw.isRecord()) {
            return record(type);
        }
        if (raw.isSealed() && raw.isInterface()) {
            return sealed(type, site);
        }
        if (PlainClass.isCandidate(raw)) {
            try {
                PlainClass.of(raw);
            } catch (ModelException unusable) {
                throw site.refuse(String.valueOf(unusable.getMessage()));
            }
            return record(type);
        }
        throw site.refuse(wayOut(raw));
    }

    private static Codec reference(Bound target, Site site) {
        if ((!Component.isComposed(target.raw()) && target.raw() != Document.class)
                || !target.arguments().isEmpty()) {
            throw site.refuse("items are records without type parameters, or documents; " + target.text()
                    + " is neither, so no Rn can name one");
        }
        return new RnCodec(target.raw());
    }

    private Codec unique(Bound type, Site site) {
        Codec inner = codec(type.arguments().get(0), site);
        if (inner instanceof WrapperCodec) {
            throw site.refuse("a unique value is the value itself; write Optional<Unique<…>> where it may be absent");
        }
        checks.add(() -> {
            if (SecretTypes.declares(inner)) {
                throw site.refuse("a secret is stored differently each time, so the store cannot keep it unique");
            }
        });
        return new UniqueCodec(inner);
    }

    private Codec encrypted(Bound type, Site site) {
        Codec inner = codec(type.arguments().get(0), site);
        if (inner instanceof UniqueCodec) {
            throw site.refuse("the store cannot compare sealed values, so it cannot keep them unique");
        }
        checks.add(() -> {
            if (SecretTypes.declares(inner)) {
                throw site.refuse("a secret cannot be sealed inside another; the inner value is already sealed");
            }
            if (CodecTree.any(inner, part -> part instanceof FileRefCodec)) {
                throw site.refuse(JsonWriter.SEALED_FILE);
            }
        });
        return new EncryptedCodec(inner);
    }

    private @Nullable Codec optional(Bound type, Site site) {
        Class<?> raw = type.raw();
        if (raw == OptionalInt.class) {
            return new OptionalCodec(OptionalCodec.Form.INT, Scalars.of(Integer.class));
        }
        if (raw == OptionalLong.class) {
            return new OptionalCodec(OptionalCodec.Form.LONG, Scalars.of(Long.class));
        }
        if (raw == OptionalDouble.class) {
            return new OptionalCodec(OptionalCodec.Form.DOUBLE, Scalars.of(Double.class));
        }
        if (raw != Optional.class) {
            return null;
        }
        Codec inner = codec(type.arguments().get(0), site);
        if (inner instanceof OptionalCodec) {
            throw site.refuse("an Optional of an Optional has two ways to be empty; use one");
        }
        return new OptionalCodec(OptionalCodec.Form.ANY, inner);
    }

    private @Nullable Codec collection(Bound type, Site site) {
        Class<?> raw = type.raw();
        if (raw == List.class) {
            return new ListCodec(ListCodec.Form.LIST, codec(type.arguments().get(0), site));
        }
        if (raw == Collection.class) {
            return new ListCodec(
                    ListCodec.Form.COLLECTION, codec(type.arguments().get(0), site));
        }
        if (raw == Set.class && codec(type.arguments().get(0), site) instanceof EncryptedCodec) {
            throw site.refuse("a set compares its values, and every secret would be opened for that; use List");
        }
        if (raw == Set.class) {
            return new ListCodec(ListCodec.Form.SET, codec(type.arguments().get(0), site));
        }
        if (raw == SortedSet.class) {
            Class<?> element = type.arguments().get(0).raw();
            if (!Comparable.class.isAssignableFrom(element)) {
                throw site.refuse(element.getSimpleName() + " is not Comparable; use Set, which keeps its order");
            }
            return new ListCodec(
                    ListCodec.Form.SORTED_SET, codec(type.arguments().get(0), site));
        }
        if (raw != Map.class) {
            return null;
        }
        if (!(codec(type.arguments().get(0), site) instanceof ScalarCodec key)
                || type.arguments().get(0).raw() == byte[].class) {
            throw site.refuse("keys are stored as texts, and "
                    + type.arguments().get(0).text() + " has none; use String, an enum, UUID or a number");
        }
        return new MapCodec(key, codec(type.arguments().get(1), site));
    }

    private RecordCodec record(Bound type) {
        Class<?> raw = type.raw();
        RecordAccess access = new RecordAccess(raw);
        RecordCodec codec = new RecordCodec(raw, access.constructor(), type.text());
        known.put(type, codec);
        Map<TypeVariable<?>, Bound> variables = new HashMap<>();
        for (int i = 0; i < raw.getTypeParameters().length; i++) {
            variables.put(raw.getTypeParameters()[i], type.arguments().get(i));
        }
        Map<String, String> names = new HashMap<>();
        List<RecordField> fields = new ArrayList<>();
        for (Component component : Component.of(raw)) {
            Site site = new Site(
                    "The field " + raw.getSimpleName() + "." + component.name(),
                    component.genericType().getTypeName());
            Name renamed = component.getAnnotation(Name.class);
            String stored = renamed == null ? component.name() : renamed.value();
            String other = names.put(stored, component.name());
            if (other != null) {
                throw site.refuse("the field " + other + " is stored under the same name, \"" + stored
                        + "\"; give one of them another @Name");
            }
            Codec value = codec(bind(component.genericType(), variables, site), site);
            OnRelease release = component.getAnnotation(OnRelease.class);
            if (release != null) {
                value = released(value, release(release, site), site);
            }
            fields.add(new RecordField(
                    fields.size(),
                    component,
                    stored,
                    withDefault(normalized(value, component, site), component, site),
                    access));
        }
        codec.complete(fields);
        return codec;
    }

    /**
     * Applies the differences that {@link Normalized} ignores: unique texts and those that are searched need them; of
     * others, only the types that hold them do.
     */
    private static Codec normalized(Codec codec, Component component, Site site) {
        Set<Normalized.Form> forms = forms(component);
        Searchable searchable = component.getAnnotation(Searchable.class);
        if (forms.isEmpty() && searchable == null) {
            return codec;
        }
        if (forms.contains(Normalized.Form.NFC) && forms.contains(Normalized.Form.NFKC)) {
            throw site.refuse("@Normalized asks for NFC and NFKC, and a text has one normal form; NFKC includes NFC");
        }
        Codec bare = codec;
        while (bare instanceof WrapperCodec wrapper) {
            bare = wrapper.inner();
        }
        if (searchable != null && !(bare instanceof EncryptedCodec)) {
            throw site.refuse(
                    "@Searchable is for sealed values, and others can be searched without it; remove it, or make the field an Encrypted<…>");
        }
        EncryptedCodec sealed = bare instanceof EncryptedCodec encrypted ? encrypted : null;
        if (searchable != null && sealed != null && sealed.inner() == Scalars.of(BigDecimal.class)) {
            throw site.refuse(
                    "equal decimal numbers can be sealed as different texts, such as 2.5 and 2.50, so they cannot"
                            + " be @Searchable; seal a whole number of the smallest unit, or a String");
        }
        if (!forms.isEmpty() && (sealed == null ? bare : sealed.inner()) != Scalars.of(String.class)) {
            throw site.refuse("@Normalized is for texts; remove it, or make the field a String or Unique<String>");
        }
        if (sealed != null && searchable != null) {
            requireBits(searchable, site);
            EncryptedCodec found =
                    new EncryptedCodec(sealed.inner(), EncryptedCodec.Search.BY_VALUE, forms, searchable.bits());
            return codec == sealed ? found : new OptionalCodec(OptionalCodec.Form.ANY, found);
        }
        if (codec instanceof UniqueCodec unique) {
            return new UniqueCodec(unique.inner(), forms);
        }
        return codec instanceof OptionalCodec optional && optional.inner() instanceof UniqueCodec unique
                ? new OptionalCodec(OptionalCodec.Form.ANY, new UniqueCodec(unique.inner(), forms))
                : codec;
    }

    private static void requireBits(Searchable searchable, Site site) {
        if (!FingerprintKey.isLength(searchable.bits())) {
            throw site.refuse("@Searchable asks for fingerprints of " + searchable.bits() + " bits; choose from "
                    + FingerprintKey.LEAST_BITS + " to " + FingerprintKey.MOST_BITS + ", in steps of "
                    + FingerprintKey.BITS_STEP);
        }
        if (searchable.unique() && searchable.bits() < FingerprintKey.EXACT_BITS) {
            throw site.refuse("with fingerprints of " + searchable.bits()
                    + " bits, different values would collide by chance and be refused as equal; a unique field needs "
                    + FingerprintKey.EXACT_BITS + " bits or more");
        }
    }

    /** Returns a codec that reads null as the component's {@link Default}. */
    private static Codec withDefault(Codec codec, Component component, Site site) {
        Default declared = component.getAnnotation(Default.class);
        if (declared == null) {
            return codec;
        }
        if (!(codec instanceof ScalarCodec scalar)
                || codec instanceof RnCodec
                || codec instanceof FileRefCodec
                || codec.kind() == ColumnKind.BYTES) {
            throw site.refuse(
                    "@Default is for a number, a boolean, a text, an enum, a date or a time by itself; remove it");
        }
        try {
            return new DefaultCodec(codec, scalar.fromKey(declared.value()));
        } catch (TypeMismatch misfit) {
            throw site.refuse(
                    "the text of its @Default is not " + Article.with(codec.typeName()) + ": " + misfit.reason());
        }
    }

    /** Returns the release policy of a component's files. */
    private static FileRelease release(OnRelease declared, Site site) {
        if (declared.value() != ReleasePolicy.AFTER) {
            if (!declared.grace().isEmpty()) {
                throw site.refuse("@OnRelease has a grace, and only " + ReleasePolicy.AFTER
                        + " waits; remove the grace, or choose that policy");
            }
            return declared.value() == ReleasePolicy.KEEP ? FileRelease.KEEP : FileRelease.DELETE;
        }
        try {
            return FileRelease.after(Duration.parse(declared.grace()));
        } catch (DateTimeParseException | ConfigurationException none) {
            throw site.refuse("the grace of its @OnRelease is not a duration of zero or longer; write one such as"
                    + " grace = \"P30D\" or \"PT2H\"");
        }
    }

    /** Returns a codec whose files have a release of their own. */
    private static Codec released(Codec codec, FileRelease release, Site site) {
        if (codec instanceof FileRefCodec file) {
            return file.releasing(release);
        }
        if (codec instanceof OptionalCodec optional) {
            return new OptionalCodec(OptionalCodec.Form.ANY, released(optional.inner(), release, site));
        }
        if (codec instanceof UniqueCodec unique) {
            return new UniqueCodec(released(unique.inner(), release, site), unique.forms());
        }
        if (codec instanceof ListCodec list) {
            return list.of(released(list.element(), release, site));
        }
        if (codec instanceof MapCodec map) {
            return map.of(released(map.value(), release, site));
        }
        throw site.refuse("@OnRelease is for files; remove it, or put it on the component that is the FileRef, or the"
                + " list or map of them");
    }

    /** Returns the forms in {@link Normalized} of a component; empty without it. */
    static Set<Normalized.Form> forms(Component component) {
        Normalized normalized = component.getAnnotation(Normalized.class);
        return normalized == null ? Set.of() : Set.copyOf(Arrays.asList(normalized.value()));
    }

    private Codec sealed(Bound type, Site site) {
        if (!type.arguments().isEmpty()) {
            throw site.refuse("a sealed interface with type parameters does not say what its records hold;"
                    + " leave the parameters out");
        }
        SealedCodec codec = new SealedCodec(type.raw());
        known.put(type, codec);
        addSubtypes(codec, type.raw(), site);
        return codec;
    }

    private void addSubtypes(SealedCodec codec, Class<?> type, Site site) {
        for (Class<?> subtype : type.getPermittedSubclasses()) {
            if (subtype.isInterface() && subtype.isSealed()) {
                addSubtypes(codec, subtype, site);
            } else if (Component.isComposed(subtype)) {
                add(codec, subtype, site);
            } else {
                throw site.refuse("a sealed interface can be stored when all its subtypes are records, and "
                        + subtype.getSimpleName() + " is not one");
            }
        }
    }

    private void add(SealedCodec codec, Class<?> subtype, Site site) {
        Name renamed = subtype.getAnnotation(Name.class);
        String name = renamed == null ? subtype.getSimpleName() : renamed.value();
        RecordCodec added = (RecordCodec) codec(bind(subtype, Map.of(), site), site);
        for (RecordCodec earlier : codec.records()) {
            if (earlier == added) {
                return;
            }
        }
        if (codec.has(name)) {
            throw site.refuse("two of its records are named " + name + "; give one of them another @Name");
        }
        for (Component component : Component.of(subtype)) {
            if (component.isAnnotationPresent(Default.class)) {
                throw site.refuse(
                        "@Default is not for the records of a sealed interface, where a field may belong to another one; make "
                                + subtype.getSimpleName() + "." + component.name() + " an Optional");
            }
            Name stored = component.getAnnotation(Name.class);
            if (stored != null && stored.value().equals(SealedCodec.TYPE)) {
                throw site.refuse("the member \"" + SealedCodec.TYPE + "\" tells its records apart, so "
                        + subtype.getSimpleName() + "." + component.name() + " needs another @Name");
            }
        }
        codec.add(name, added);
    }

    private static String wayOut(Class<?> raw) {
        if (raw.isArray()) {
            return "arrays can be changed behind korm's back; use List";
        }
        if (Date.class.isAssignableFrom(raw) || java.util.Calendar.class.isAssignableFrom(raw)) {
            return "use java.time.Instant, LocalDate or another java.time type";
        }
        if (Collection.class.isAssignableFrom(raw)) {
            return "declare the interface: List, Set, SortedSet or Collection";
        }
        if (Map.class.isAssignableFrom(raw)) {
            return "declare the interface: Map";
        }
        if (Number.class.isAssignableFrom(raw)) {
            return "use long, double, BigDecimal or BigInteger";
        }
        if (CharSequence.class.isAssignableFrom(raw)) {
            return "use String";
        }
        if (raw.isInterface()) {
            return "an interface must be sealed, with records as its subtypes";
        }
        return "it is not a record; make it one, use a type that korm knows, or use Document for arbitrary data";
    }
}
