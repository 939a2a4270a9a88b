package dev.korm.codec.base;

import dev.korm.Normalized;
import dev.korm.Unique;
import dev.korm.codec.json.CanonicalJson;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A unique value. In a column of its own, JSON is stored in its canonical form. */
public final class UniqueCodec extends WrapperCodec {
    private final Set<Normalized.Form> forms;

    public UniqueCodec(Codec inner) {
        this(inner, Set.of());
    }

    public UniqueCodec(Codec inner, Set<Normalized.Form> forms) {
        super(inner);
        this.forms = Set.copyOf(forms);
    }

    /** Returns the differences between two texts that comparisons ignore. */
    public Set<Normalized.Form> forms() {
        return forms;
    }

    @Override
    public String typeName() {
        return "Unique<" + inner().typeName() + ">";
    }

    @Override
    public Object unwrap(Object value) {
        return ((Unique<?>) value).value();
    }

    @Override
    public Object wrap(Object value) {
        return Unique.of(value);
    }

    @Override
    public Object toStored(Object value, @Nullable SecretLocation location) {
        Object stored = super.toStored(value, location);
        return kind() == ColumnKind.JSON ? CanonicalJson.text((String) stored) : stored;
    }
}
