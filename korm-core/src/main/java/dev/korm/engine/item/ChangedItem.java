package dev.korm.engine.item;

import dev.korm.Item;
import dev.korm.Rn;
import dev.korm.UncommittedItem;
import dev.korm.crypto.LayerSealer;
import dev.korm.model.Model;
import dev.korm.model.row.Encoded;
import dev.korm.schema.ColumnLoss;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.stream.Stream;

/** A stored item with changes that are not stored. */
public final class ChangedItem<T> extends ItemState<T, UncommittedItem<T>> implements UncommittedItem<T> {
    private final StoredItem<T> before;
    private final T data;
    private final ColumnReplacement replacement;

    ChangedItem(StoredItem<T> before, T data, ColumnReplacement replacement) {
        this.before = before;
        this.data = data;
        this.replacement = replacement;
    }

    @Override
    public CollectionHandle<T> home() {
        return before.home();
    }

    public ColumnReplacement replacement() {
        return replacement;
    }

    @Override
    public StoredItem<T> before() {
        return before;
    }

    @Override
    public Rn<T> rn() {
        return before.rn();
    }

    @Override
    public T data() {
        return data;
    }

    @Override
    public List<String> changedFields() {
        List<String> changed = home().model().changedFields(before.data(), data);
        return before.replaced().isEmpty()
                ? changed
                : Stream.concat(changed.stream(), before.replaced().stream().sorted())
                        .distinct()
                        .toList();
    }

    /** Returns the changed fields as columns of a table as it is. */
    Encoded encode(TableSchema actual, LayerSealer seals) {
        Model<T> model = home().model();
        return before.replaced().isEmpty()
                ? model.encodeChanges(before.data(), data, actual, rn(), seals)
                : model.encodeChanges(before.data(), data, before.replaced(), actual, rn(), seals);
    }

    @Override
    UncommittedItem<T> changed(T newData) {
        return new ChangedItem<>(before, newData, replacement);
    }

    @Override
    public Item<T> commit() {
        return home().pool().items().store(this);
    }

    @Override
    public List<ColumnLoss> losses() {
        return ColumnLosses.of(this);
    }

    @Override
    public UncommittedItem<T> destructive() {
        return new ChangedItem<>(before, data, ColumnReplacement.ALLOWED);
    }

    /** Returns the name and what changed; never the data. */
    @Override
    public String toString() {
        return "Uncommitted " + rn() + " with changes in " + changedFields();
    }
}
