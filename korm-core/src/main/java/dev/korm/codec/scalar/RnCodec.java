package dev.korm.codec.scalar;

import dev.korm.Rn;
import dev.korm.RnException;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import org.jspecify.annotations.Nullable;

/** A reference, stored as its text. */
public final class RnCodec extends ScalarCodec {
    private static final int ID_LENGTH = 36;

    private final Class<?> target;

    /** The collection that was referred to last: the next reference is mostly to the same, and only its id is new. */
    private volatile @Nullable Known known;

    /** @param beginning of the texts of its items */
    private record Known(String beginning, Rn<?> collection) {}

    public RnCodec(Class<?> target) {
        super(Rn.class, ColumnKind.RN, Order.UNORDERED);
        this.target = target;
    }

    /** Returns the type of the items that are referred to. */
    public Class<?> target() {
        return target;
    }

    @Override
    public String typeName() {
        return "Rn<" + target.getSimpleName() + ">";
    }

    /** @throws TypeMismatch when the type's items are declared to be in another collection than the one that is referred to */
    @Override
    public Object toStored(Object value) {
        Rn<?> rn = (Rn<?>) value;
        if (!rn.isDepot() && !rn.mayName(target)) {
            throw new TypeMismatch("it refers to an item of " + rn.namespace() + ":" + rn.kind() + ", which is not the"
                    + " collection that @Stored gives to " + target.getSimpleName());
        }
        return rn.toString();
    }

    @Override
    public Object fromStored(Object stored) {
        String text = (String) stored;
        Known last = known;
        try {
            if (last != null
                    && text.length() == last.beginning().length() + ID_LENGTH
                    && text.startsWith(last.beginning())) {
                return last.collection().item(text.substring(last.beginning().length()));
            }
            Rn<?> rn = Rn.parse(text);
            if (rn.form() == Rn.Form.ITEM) {
                String all = rn.collection().toString();
                known = new Known(all.substring(0, all.length() - 1), rn.collection());
            }
            return rn;
        } catch (RnException malformed) {
            throw new TypeMismatch("the text is not an RN; read the field as String to see and correct it");
        }
    }

    @Override
    public Object convert(Object value, int depth) {
        if (value instanceof String text) {
            return fromStored(text);
        }
        return super.convert(value, depth);
    }
}
