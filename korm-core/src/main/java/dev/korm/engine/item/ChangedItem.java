package dev.korm.engine.item;

import dev.korm.Item;
import dev.korm.Rn;
import dev.korm.UncommittedItem;
import dev.korm.schema.ColumnLoss;
import java.util.List;

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
        return home().model().changedFields(before.data(), data);
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
