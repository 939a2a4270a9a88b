package dev.korm.codec.text;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** A list of a document: immutable, its values in the form that documents keep. */
public final class FrozenList extends AbstractList<@Nullable Object> implements RandomAccess {
    private final @Nullable Object[] values;

    public FrozenList(List<@Nullable Object> values) {
        this.values = values.toArray();
    }

    @Override
    public @Nullable Object get(int index) {
        return values[index];
    }

    @Override
    public int size() {
        return values.length;
    }
}
