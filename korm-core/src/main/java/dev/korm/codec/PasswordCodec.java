package dev.korm.codec;

import dev.korm.Password;
import dev.korm.codec.base.Codec;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.crypto.SecretLocation;
import dev.korm.spi.query.ColumnKind;
import org.jspecify.annotations.Nullable;

/** The hash of a password, stored as a payload: in a column of its own, or as an object inside JSON. */
final class PasswordCodec extends Codec {
    static final PasswordCodec INSTANCE = new PasswordCodec();

    private PasswordCodec() {}

    @Override
    public ColumnKind kind() {
        return ColumnKind.ENCRYPTED;
    }

    @Override
    public String typeName() {
        return "Password";
    }

    @Override
    public Object toStored(Object value) {
        return stored(value).text();
    }

    @Override
    public Object fromStored(Object stored) {
        return fromStored(stored, null);
    }

    @Override
    public Object fromStored(Object stored, @Nullable SecretLocation location) {
        return Holders.get().password(Sealed.ofText((String) stored, location));
    }

    @Override
    public void write(Object value, JsonWriter out) {
        stored(value).writePassword(out);
    }

    @Override
    public Object read(Object tree, @Nullable SecretLocation location) {
        return Holders.get().password(Sealed.ofTree(tree, location));
    }

    /** Converts a value; a text is a new password in clear, which is hashed. */
    @Override
    public Object convert(Object value, int depth) {
        if (value instanceof Password) {
            return value;
        }
        if (value instanceof String clear) {
            return Password.hash(clear);
        }
        throw unfit(value);
    }

    @Override
    public Object constant(Object value) {
        throw new TypeMismatch("only a hash of the password is stored; read the item and call verify(…)");
    }

    @Override
    public boolean same(Object one, Object other, int depth) {
        return one.equals(other);
    }

    @Override
    public Object describe(Object value, int depth) {
        return value.toString();
    }

    private Sealed stored(Object value) {
        if (value instanceof Password password) {
            return Holders.get().stored(password);
        }
        throw unfit(value);
    }
}
