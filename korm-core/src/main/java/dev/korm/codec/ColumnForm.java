package dev.korm.codec;

import dev.korm.codec.base.Codec;
import dev.korm.codec.base.DefaultCodec;
import dev.korm.codec.base.JsonCodec;
import dev.korm.codec.json.JsonReader;
import dev.korm.codec.json.StoredForms;
import dev.korm.codec.text.StorableText;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The form of a type's values in a column as it is, which may differ from the column that korm would add today. */
public final class ColumnForm {
    private final Codec codec;
    private final ColumnKind column;
    private final Fit fit;
    private final boolean secrets;

    private enum Fit {
        /** The column is of the type's own kind. */
        OWN,
        /** It is of another kind that can hold the values, or most of them. */
        NEAR,
        /** It holds JSON, and so anything. */
        JSON,
        /** Only null fits. */
        NONE
    }

    public ColumnForm(Codec codec, ColumnKind column) {
        this.codec = codec;
        this.column = column;
        this.secrets = SecretTypes.mayHold(codec);
        ColumnKind own = codec.kind();
        if (column == own) {
            this.fit = Fit.OWN;
        } else if (!StoredForms.accepts(own, column)) {
            this.fit = Fit.NONE;
        } else {
            this.fit = column == ColumnKind.JSON ? Fit.JSON : Fit.NEAR;
        }
    }

    public Codec codec() {
        return codec;
    }

    /** Returns whether there may be secrets in the column, which are bound to where it is. */
    public boolean mayHoldSecrets() {
        return secrets;
    }

    /**
     * Returns the value as the column's.
     *
     * @param location the column of the item; null where no item is at hand
     */
    public @Nullable Object write(@Nullable Object value, @Nullable SecretLocation location) {
        if (value == null || codec.isEmpty(value)) {
            return codec instanceof DefaultCodec own ? write(own.ofNull(), location) : null;
        }
        return switch (fit) {
            case OWN -> checked(codec.toStored(value, location));
            case NEAR -> StoredForms.fit(near(checked(codec.toStored(value))), column);
            case JSON -> JsonCodec.text(codec, value, location);
            case NONE -> throw unfit();
        };
    }

    /**
     * Returns the column's value as one of the type.
     *
     * @param location the column of the item; null where there are no secrets, or no item is at hand
     */
    public @Nullable Object read(@Nullable Object stored, @Nullable SecretLocation location) {
        if (stored == null) {
            return codec.ofNull();
        }
        return switch (fit) {
            case OWN -> column == ColumnKind.JSON ? fromJson(stored, location) : fromOwn(stored, location);
            case NEAR -> codec.fromStored(StoredForms.fit(stored, codec.kind()));
            case JSON -> fromJson(stored, location);
            case NONE -> foreign(stored);
        };
    }

    private Object fromOwn(Object stored, @Nullable SecretLocation location) {
        return codec.fromStored(isOwn(stored) ? stored : StoredForms.fit(stored, column), location);
    }

    /**
     * Checks the class of a stored value: rows of other programs may hold a value of another class than the column's.
     */
    private boolean isOwn(Object stored) {
        return switch (column) {
            case INTEGER -> stored instanceof Long;
            case REAL -> stored instanceof Double;
            case DECIMAL -> stored instanceof BigDecimal;
            case BOOLEAN -> stored instanceof Boolean;
            case BYTES -> stored instanceof byte[];
            case ID, TEXT, JSON, RN, ENCRYPTED, FINGERPRINT, OTHER -> stored instanceof String;
        };
    }

    private @Nullable Object fromJson(Object json, @Nullable SecretLocation location) {
        String stored = (String) StoredForms.fit(json, ColumnKind.JSON);
        Object tree;
        try {
            tree = JsonReader.tree(stored);
        } catch (TypeMismatch malformed) {
            if (codec.kind() == ColumnKind.TEXT) {
                return codec.fromStored(stored);
            }
            throw malformed;
        }
        return codec.readNullable(tree, location);
    }

    /** Returns a column of a type that korm does not write may still hold what it can read. */
    private Object foreign(Object stored) {
        if (column == ColumnKind.OTHER && codec.kind() != ColumnKind.JSON) {
            try {
                return codec.fromStored(StoredForms.fit(stored, codec.kind()));
            } catch (TypeMismatch foreign) {
                throw unfit();
            }
        }
        throw unfit();
    }

    private Object near(Object stored) {
        return column == ColumnKind.TEXT && !(stored instanceof String) ? stored.toString() : stored;
    }

    private Object checked(Object stored) {
        return stored instanceof String text && codec.kind() != ColumnKind.JSON && codec.kind() != ColumnKind.ENCRYPTED
                ? StorableText.check(text)
                : stored;
    }

    private TypeMismatch unfit() {
        return new TypeMismatch(
                TypeMismatch.Fault.SCHEMA,
                "its column is " + column + ", but " + codec.typeName() + " is stored as " + codec.kind(),
                null);
    }
}
