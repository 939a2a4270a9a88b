package dev.korm.model;

import dev.korm.ModelException;
import dev.korm.Searchable;
import dev.korm.UniqueTogether;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.RecordField;
import dev.korm.codec.SecretTypes;
import dev.korm.codec.base.Codec;
import dev.korm.codec.base.UniqueCodec;
import dev.korm.codec.base.WrapperCodec;
import dev.korm.spi.schema.FingerprintKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The unique keys that a record declares: its {@code Unique} fields, and those of {@link UniqueTogether}. */
final class DeclaredKeys {
    private final Class<?> type;
    private final RecordCodec codec;
    private final Map<String, FingerprintKey> single = new HashMap<>();
    private final Set<FingerprintKey> searched = new HashSet<>();
    private final List<FingerprintKey> compound = new ArrayList<>();

    DeclaredKeys(Class<?> type, RecordCodec codec) {
        this.type = type;
        this.codec = codec;
        for (RecordField field : codec.fields()) {
            if (isUnique(field)) {
                single.put(field.storedName(), FingerprintKey.of(field.storedName(), field.forms()));
            }
            Searchable searchable = field.component().getAnnotation(Searchable.class);
            if (searchable != null) {
                FingerprintKey key = new FingerprintKey(List.of(part(field)), searchable.bits());
                single.put(field.storedName(), key);
                if (!searchable.unique()) {
                    searched.add(key);
                }
            }
        }
        for (UniqueTogether together : type.getAnnotationsByType(UniqueTogether.class)) {
            compound.add(compound(together));
        }
        for (RecordField field : codec.fields()) {
            if (!field.forms().isEmpty() && all().stream().noneMatch(key -> key.isOf(field.storedName()))) {
                throw new ModelException("@Normalized on " + type.getSimpleName() + "." + field.name()
                        + " has no effect, because nothing there is unique or searchable; make the field a Unique<String>,"
                        + " name it in @UniqueTogether, or make a sealed one @Searchable");
            }
        }
    }

    private FingerprintKey compound(UniqueTogether together) {
        Map<String, FingerprintKey.Part> parts = new LinkedHashMap<>();
        for (String name : together.value()) {
            RecordField field = codec.field(name)
                    .orElseThrow(() -> refuse(
                            together,
                            "there is no field \"" + name + "\"; it has " + String.join(", ", codec.names())
                                    + ", and nested fields cannot be used"));
            if (SecretTypes.declares(field.codec()) && !SecretTypes.isEncrypted(field.codec())) {
                throw refuse(
                        together,
                        "the field " + field.name() + " contains secrets"
                                + ", which are stored differently each time; use a field that is an Encrypted<…> as a whole");
            }
            if (parts.put(field.storedName(), part(field)) != null) {
                throw refuse(together, "it names the field " + field.name() + " twice");
            }
        }
        if (parts.size() < 2) {
            throw refuse(together, "it names fewer than two fields; a single one is a Unique<…>");
        }
        FingerprintKey key = new FingerprintKey(List.copyOf(parts.values()));
        if (!key.isNameable()) {
            throw refuse(together, "with names of this length, at most five fields can be unique together");
        }
        if (compound.contains(key)) {
            throw refuse(together, "another one names the same fields");
        }
        return key;
    }

    private static FingerprintKey.Part part(RecordField field) {
        boolean sealed = SecretTypes.isEncrypted(field.codec());
        return new FingerprintKey.Part(
                field.storedName(),
                field.forms(),
                sealed ? FingerprintKey.Content.SEALED : FingerprintKey.Content.CLEAR);
    }

    private ModelException refuse(UniqueTogether together, String reason) {
        return new ModelException("@UniqueTogether({" + String.join(", ", together.value()) + "}) of "
                + type.getSimpleName() + " cannot be kept: " + reason);
    }

    /** Returns whether a field's values are declared to be unique. */
    static boolean isUnique(RecordField field) {
        Codec at = field.codec();
        while (at instanceof WrapperCodec wrapper) {
            if (wrapper instanceof UniqueCodec) {
                return true;
            }
            at = wrapper.inner();
        }
        return false;
    }

    /** Returns the key of a field by itself. */
    Optional<FingerprintKey> of(RecordField field) {
        return Optional.ofNullable(single.get(field.storedName()));
    }

    /** Returns whether a key only finds values, which may repeat. */
    boolean isSearched(FingerprintKey key) {
        return searched.contains(key);
    }

    /** Returns the keys of several fields. */
    List<FingerprintKey> compound() {
        return compound;
    }

    /** Returns all keys, those of single fields first, in the order of the fields. */
    List<FingerprintKey> all() {
        List<FingerprintKey> all = new ArrayList<>();
        codec.fields().forEach(field -> of(field).ifPresent(all::add));
        all.addAll(compound);
        return all;
    }
}
