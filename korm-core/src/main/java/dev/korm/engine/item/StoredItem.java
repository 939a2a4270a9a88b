package dev.korm.engine.item;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.AlreadyExistsException;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Deletion;
import dev.korm.Item;
import dev.korm.NotFoundException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.UncommittedItem;
import dev.korm.UnknownNameException;
import dev.korm.deletion.Restoration;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.softdelete.DeletionMarks;
import dev.korm.relocate.Move;
import dev.korm.spi.RowCursor;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An item as it is stored. */
public final class StoredItem<T> extends ItemState<T, UncommittedItem<T>> implements Item<T> {
    private final CollectionHandle<T> home;
    private final Rn<T> rn;
    /** Null where it cannot be read. */
    private final @Nullable T data;

    private final @Nullable UnknownNameException unreadable;
    private final long revision;
    /** In microseconds since 1970; 0 where it is not deleted. */
    private final long deleted;

    StoredItem(CollectionHandle<T> home, Rn<T> rn, T data, long revision) {
        this(home, rn, data, revision, 0);
    }

    private StoredItem(CollectionHandle<T> home, Rn<T> rn, T data, long revision, long deleted) {
        this(home, rn, data, null, revision, deleted);
    }

    private StoredItem(
            CollectionHandle<T> home,
            Rn<T> rn,
            @Nullable T data,
            @Nullable UnknownNameException unreadable,
            long revision,
            long deleted) {
        this.unreadable = unreadable;
        this.deleted = deleted;
        this.home = home;
        this.rn = rn;
        this.data = data;
        this.revision = revision;
    }

    /** Returns the item of the row at hand. */
    public static <T> StoredItem<T> read(TableView<T> view, RowCursor row, CollectionHandle<T> home) {
        return read(
                view,
                row,
                home,
                home.collection().item(view.id(row, home.layer().layer())));
    }

    /** Returns the item of the row at hand, under a name that is known already. */
    public static <T> StoredItem<T> read(TableView<T> view, RowCursor row, CollectionHandle<T> home, Rn<T> rn) {
        try {
            return new StoredItem<>(
                    home, rn, view.data(row, rn, home.layer().seals()), view.revision(row), view.deleted(row));
        } catch (UnknownNameException unknown) {
            return new StoredItem<>(home, rn, null, unknown, view.revision(row), view.deleted(row));
        }
    }

    @Override
    public CollectionHandle<T> home() {
        return home;
    }

    @Override
    public Rn<T> rn() {
        return rn;
    }

    @Override
    public T data() {
        T read = data;
        if (read == null) {
            throw new UnknownNameException(
                    String.valueOf(Objects.requireNonNull(unreadable).getMessage()));
        }
        return read;
    }

    /** Returns whether the program knows all the names in its data. */
    public boolean isReadable() {
        return data != null;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public Optional<Instant> deletedAt() {
        return deleted == 0 ? Optional.empty() : Optional.of(DeletionMarks.instant(deleted));
    }

    /** Returns whether it is deleted, and only shown because that was asked for. */
    public boolean isDeleted() {
        return deleted != 0;
    }

    @Override
    public Pool pool() {
        return home.pool().pool();
    }

    /** Returns the same item with other data of the same content, its references resolved or not. */
    public StoredItem<T> with(T sameData) {
        return sameData == data ? this : new StoredItem<>(home, rn, sameData, revision, deleted);
    }

    /** Returns the same item in another view of its pool. */
    public StoredItem<T> in(CollectionHandle<T> other) {
        return home.pool().equals(other.pool())
                ? this
                : new StoredItem<>(other, rn, data, unreadable, revision, deleted);
    }

    @Override
    UncommittedItem<T> changed(T newData) {
        return new ChangedItem<>(this, newData, ColumnReplacement.REFUSED);
    }

    @Override
    public DeletedItem<T> delete() {
        return home.pool().items().delete(this);
    }

    @Override
    public Deletion<T> deletion() {
        return new ItemDeletion<>(this);
    }

    @Override
    public Restoration<T> restoration() {
        if (!isDeleted()) {
            throw new AlreadyExistsException(rn + " is not deleted, so there is nothing to restore", rn);
        }
        return new ItemRestoration<>(this);
    }

    @Override
    public Move<T> moveTo(String layer) {
        requireNonNull(layer, "layer");
        home.model().existing().ifPresent(rows -> {
            throw rows.refusal("A move of " + rn + " to another layer");
        });
        if (isDeleted()) {
            throw new NotFoundException(
                    rn + " cannot be moved, since it is deleted and only its row is kept in the layer \""
                            + home.layer().layer() + "\". Restore it first, by Items.restore(…)",
                    rn);
        }
        PoolContext pool = home.pool().base();
        pool.layers().layer(layer);
        if (layer.equals(home.layer().layer())) {
            throw new ConfigurationException(
                    rn + " is in the layer \"" + layer + "\" already; name another layer of the pool to move it to");
        }
        return new MovingItem<>(this, layer);
    }

    @Override
    public Item<T> reload() {
        return home.pool().items().reload(home, rn);
    }

    @Override
    public void show() {
        ItemPrinter.print(this, System.out);
    }

    @Override
    public String show(Coloring coloring) {
        requireNonNull(coloring, "coloring");
        return show(ItemTree.terminal(coloring));
    }

    @Override
    public String show(View view) {
        requireNonNull(view, "view");
        return ItemPrinter.text(this, view);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredItem<?> item
                && item.revision == revision
                && item.deleted == deleted
                && item.home.pool().pool() == home.pool().pool()
                && item.home.key(item.rn).equals(home.key(rn))
                && item.home.model().type() == home.model().type()
                && sameData(item);
    }

    @SuppressWarnings("unchecked") // The types were compared.
    private boolean sameData(StoredItem<?> other) {
        if (data == null || other.data == null) {
            return data == null && other.data == null;
        }
        return home.model().sameData(data, (T) other.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(home.key(rn), revision);
    }

    /** Returns the name and revision; never the data. */
    @Override
    public String toString() {
        return "Item " + rn + " revision " + revision;
    }
}
