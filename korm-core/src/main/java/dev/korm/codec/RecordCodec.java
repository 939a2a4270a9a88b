package dev.korm.codec;

import dev.korm.codec.base.DefaultCodec;
import dev.korm.codec.base.JsonCodec;
import dev.korm.codec.base.OptionalCodec;
import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.shape.KotlinConstructor;
import dev.korm.codec.shape.PlainClass;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record, stored as a JSON object; or, as an item, with a column for each field. */
public final class RecordCodec extends JsonCodec {
    private static final byte MOST_LOOKS = 100;

    private final Class<?> type;
    private final MethodHandle constructor;
    private final String typeName;
    private final boolean defaults;
    /** Filled when the types of the components are known, which may refer back to this one. */
    private List<RecordField> fields = List.of();

    private List<RecordField> inJsonOrder = List.of();
    private final Map<String, RecordField> byStoredName = new HashMap<>();
    private final Map<String, RecordField> byName = new HashMap<>();

    /** How many more items that lack a field are looked at, to see what its constructor makes of that. Lost counts do no harm. */
    private byte[] unsettled = new byte[0];

    RecordCodec(Class<?> type, MethodHandle constructor, String typeName) {
        this.type = type;
        this.constructor = constructor;
        this.typeName = typeName;
        this.defaults = !type.isRecord() && PlainClass.of(type).hasDefaults();
    }

    void complete(List<RecordField> components) {
        fields = List.copyOf(components);
        for (RecordField field : fields) {
            byName.put(field.name(), field);
            byStoredName.put(field.storedName(), field);
        }
        unsettled = new byte[fields.size()];
        for (RecordField field : fields) {
            if (!field.component().type().isPrimitive()) {
                unsettled[field.index()] = MOST_LOOKS;
            }
        }
        inJsonOrder = JsonWriter.ordered(
                        fields.stream().map(RecordField::storedName).toList())
                .stream()
                .map(name -> java.util.Objects.requireNonNull(byStoredName.get(name)))
                .toList();
    }

    public Class<?> type() {
        return type;
    }

    /** Returns the components in their order. */
    public List<RecordField> fields() {
        return fields;
    }

    /** Returns the field of that name; a stored name counts where no component is named so. */
    public Optional<RecordField> field(String name) {
        RecordField field = byName.get(name);
        return Optional.ofNullable(field != null ? field : byStoredName.get(name));
    }

    /** Returns the record of these components; the array is used up. */
    public Object construct(@Nullable Object[] components) {
        try {
            return (Object) constructor.invokeExact(components);
        } catch (Error | TypeMismatch known) {
            throw known;
        } catch (Throwable refused) {
            throw new TypeMismatch(
                    "the constructor of " + type.getSimpleName() + " refuses the values (its "
                            + refused.getClass().getSimpleName() + " is the cause)" + absent(components),
                    refused);
        }
    }

    /** Works as {@link #construct} with what an item had stored, and warns of a constructor that replaces what it lacked. */
    public Object constructStored(@Nullable Object[] components) {
        Object made = construct(components);
        for (int i = 0; i < components.length; i++) {
            if (components[i] == null && unsettled[i] > 0) {
                RecordField field = fields.get(i);
                unsettled[i]--;
                if (!ReplacedNulls.isPossible(field.codec()) || ReplacedNulls.settle(this, field, made)) {
                    settle(field);
                }
            }
        }
        return made;
    }

    boolean isUnsettled(RecordField field) {
        return unsettled[field.index()] > 0 && ReplacedNulls.isPossible(field.codec());
    }

    void settle(RecordField field) {
        unsettled[field.index()] = 0;
    }

    /** Warns of what the constructors of the record, and of records in it, make of null where an item lacks a field. Calls them. */
    public void warnOfReplacedNulls() {
        CodecTree.any(this, codec -> {
            if (codec instanceof RecordCodec record) {
                ReplacedNulls.probe(record);
            }
            return false;
        });
    }

    /** Returns the names of the components without a value, which is what a constructor refuses most often. */
    private String absent(@Nullable Object[] components) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            if (components[i] == null) {
                names.add(fields.get(i).name());
            }
        }
        return names.isEmpty() ? "" : "; null: " + String.join(", ", names);
    }

    /**
     * Returns what {@link #construct} is given for a component without a value.
     *
     * @param absent whether there is no place for the value; else null is stored there
     */
    public @Nullable Object ofNull(RecordField field, boolean absent) {
        if (defaults
                && (absent
                        ? !(field.codec() instanceof OptionalCodec)
                        : field.component().type().isPrimitive())
                && !(field.codec() instanceof DefaultCodec)) {
            return KotlinConstructor.ABSENT;
        }
        return field.codec().ofNull();
    }

    /** Returns whether a component cannot do without a value: it is primitive, and nothing declares a default for it. */
    public boolean isRequired(RecordField field) {
        return field.component().type().isPrimitive() && !defaults && !(field.codec() instanceof DefaultCodec);
    }

    /** Returns the components of a record, in their order. */
    public @Nullable Object[] components(Object value) {
        @Nullable Object[] components = new Object[fields.size()];
        for (int i = 0; i < components.length; i++) {
            components[i] = fields.get(i).get(value);
        }
        return components;
    }

    @Override
    public String typeName() {
        return typeName;
    }

    @Override
    public void write(Object value, JsonWriter out) {
        out.beginObject();
        writeMembers(value, out);
        out.endObject();
    }

    void writeMembers(Object value, JsonWriter out) {
        for (RecordField field : inJsonOrder) {
            try {
                Object component = field.get(value);
                if (component == null && field.codec() instanceof DefaultCodec own) {
                    out.key(field.storedName());
                    own.write(own.ofNull(), out);
                } else if (component == null) {
                    out.key(field.storedName());
                    out.nul();
                } else if (!field.codec().isEmpty(component)) {
                    out.key(field.storedName());
                    field.codec().write(component, out);
                }
            } catch (TypeMismatch misfit) {
                throw misfit.inField(field.name());
            }
        }
    }

    @Override
    public Object read(Object tree, @Nullable SecretLocation location) {
        if (!(tree instanceof JsonObject object)) {
            throw new TypeMismatch("expected a JSON object");
        }
        int count = fields.size();
        @Nullable Object[] components = new Object[count];
        int expected = 0;
        for (int i = 0; i < object.size(); i++) {
            RecordField field =
                    expected < count && inJsonOrder.get(expected).storedName().equals(object.key(i))
                            ? inJsonOrder.get(expected)
                            : byStoredName.get(object.key(i));
            if (field == null) {
                continue;
            }
            expected++;
            components[field.index()] = readMember(field, object.value(i), location);
        }
        for (int i = 0; i < count; i++) {
            if (components[i] == null) {
                components[i] = absentMember(fields.get(i), object);
            }
        }
        return constructStored(components);
    }

    private @Nullable Object absentMember(RecordField field, JsonObject object) {
        try {
            return ofNull(field, !defaults || !object.has(field.storedName()));
        } catch (TypeMismatch misfit) {
            throw misfit.inField(field.name());
        }
    }

    private @Nullable Object readMember(RecordField field, @Nullable Object tree, @Nullable SecretLocation location) {
        try {
            return tree == null
                    ? ofNull(field, false)
                    : field.codec().readNullable(tree, location == null ? null : location.member(field.storedName()));
        } catch (TypeMismatch misfit) {
            throw misfit.inField(field.name());
        }
    }

    @Override
    public Object convert(Object value, int depth) {
        checkDepth(depth);
        if (type.isInstance(value)) {
            return value;
        }
        Map<?, ?> members = DynamicValue.members(value, this);
        @Nullable Object[] components = new Object[fields.size()];
        boolean[] given = new boolean[components.length];
        for (Map.Entry<?, ?> member : members.entrySet()) {
            RecordField field = field(String.valueOf(member.getKey()))
                    .orElseThrow(() -> new TypeMismatch("it names a field that " + typeName + " does not have; it has "
                            + String.join(", ", names())));
            given[field.index()] = true;
            components[field.index()] = convertMember(field, member.getValue(), depth);
        }
        for (RecordField field : fields) {
            if (!given[field.index()]) {
                components[field.index()] = defaults ? ofNull(field, true) : convertMember(field, null, depth);
            }
        }
        return construct(components);
    }

    private static @Nullable Object convertMember(RecordField field, @Nullable Object value, int depth) {
        try {
            return field.codec().convertNullable(value, depth + 1);
        } catch (TypeMismatch misfit) {
            throw misfit.inField(field.name());
        }
    }

    /** Returns the names of all fields. */
    public List<String> names() {
        return fields.stream().map(RecordField::name).toList();
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        checkDepth(depth);
        for (RecordField field : fields) {
            if (!field.codec().sameNullable(field.get(one), field.get(other), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Object describe(Object value, int depth) {
        checkDepth(depth);
        Map<String, Object> texts = new LinkedHashMap<>();
        for (RecordField field : fields) {
            texts.put(field.name(), field.codec().describeNullable(field.get(value), depth + 1));
        }
        return Collections.unmodifiableMap(texts);
    }

    @Override
    public String toString() {
        return typeName + Arrays.toString(names().toArray());
    }
}
