package dev.korm.engine.item;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.AlreadyExistsException;
import dev.korm.Assignment;
import dev.korm.ConfigurationException;
import dev.korm.DeletedItem;
import dev.korm.Deletion;
import dev.korm.FieldPath;
import dev.korm.Item;
import dev.korm.NotFoundException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.UncommittedItem;
import dev.korm.UnknownNameException;
import dev.korm.deletion.Restoration;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.softdelete.DeletionMarks;
import dev.korm.model.row.FieldReferences;
import dev.korm.relocate.Move;
import dev.korm.spi.RowCursor;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An item as it is stored. Never changes once it is handed out; one that is {@linkplain #awaited awaited} is filled before, by the thread that reads it.
 */
public final class StoredItem<T> extends ItemState<T, UncommittedItem<T>> implements Item<T> {
    private final CollectionHandle<T> home;
    private final Rn<T> rn;
    /** Null where it cannot be read, and while it is {@linkplain #awaited awaited}. */
    private @Nullable T data;

    private @Nullable Unreadable<T> unreadable;
    /** Fields whose stored value cannot be read, so that the data has what they are to become. */
    private final Set<String> replaced;

    private long revision;
    /** In microseconds since 1970; 0 where it is not deleted. */
    private long deleted;

    StoredItem(CollectionHandle<T> home, Rn<T> rn, T data, long revision) {
        this(home, rn, data, revision, 0);
    }

    private StoredItem(CollectionHandle<T> home, Rn<T> rn, T data, long revision, long deleted) {
        this(home, rn, data, null, Set.of(), revision, deleted);
    }

    private StoredItem(
            CollectionHandle<T> home,
            Rn<T> rn,
            @Nullable T data,
            @Nullable Unreadable<T> unreadable,
            Set<String> replaced,
            long revision,
            long deleted) {
        this.unreadable = unreadable;
        this.replaced = replaced;
        this.deleted = deleted;
        this.home = home;
        this.rn = rn;
        this.data = data;
        this.revision = revision;
    }

    /** A row with names that the program does not have, and what reading it said. */
    private record Unreadable<T>(TableView.Kept<T> row, UnknownNameException cause) {}

    /** Returns the item of the row at hand. */
    public static <T> StoredItem<T> read(TableView<T> view, RowCursor row, CollectionHandle<T> home) {
        return read(view, row, home, (FieldReferences) null);
    }

    /** @param references gives fields their references; null for those that are stored */
    public static <T> StoredItem<T> read(
            TableView<T> view, RowCursor row, CollectionHandle<T> home, @Nullable FieldReferences references) {
        StoredItem<T> item =
                awaited(home, home.collection().item(view.id(row, home.layer().layer())));
        item.fill(view, row, references);
        return item;
    }

    /** Returns the item of the row at hand, under a name that is known already. */
    public static <T> StoredItem<T> read(TableView<T> view, RowCursor row, CollectionHandle<T> home, Rn<T> rn) {
        StoredItem<T> item = awaited(home, rn);
        item.fill(view, row, null);
        return item;
    }

    /** Returns an item that is yet to be read, for references to carry. Whoever made it fills it before anybody else sees it. */
    public static <T> StoredItem<T> awaited(CollectionHandle<T> home, Rn<T> rn) {
        return new StoredItem<>(home, rn, null, null, Set.of(), 0, 0);
    }

    /** Returns whether it is yet to be read. */
    public boolean isAwaited() {
        return data == null && unreadable == null;
    }

    /** Makes it the item of the row at hand. */
    public void fill(TableView<T> view, RowCursor row, @Nullable FieldReferences references) {
        revision = view.revision(row);
        deleted = view.deleted(row);
        try {
            data = view.data(row, rn, home.layer().seals(), references);
        } catch (UnknownNameException unknown) {
            unreadable = new Unreadable<>(view.kept(row), unknown);
        }
    }

    /** Gives it other data of the same content, before anybody else sees it. */
    public void fill(T sameData) {
        data = sameData;
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
                    String.valueOf(Objects.requireNonNull(unreadable).cause().getMessage()));
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
        return sameData == data ? this : new StoredItem<>(home, rn, sameData, null, replaced, revision, deleted);
    }

    /** Returns the same item in another view of its pool. */
    public StoredItem<T> in(CollectionHandle<T> other) {
        return home.pool().equals(other.pool())
                ? this
                : new StoredItem<>(other, rn, data, unreadable, replaced, revision, deleted);
    }

    @Override
    UncommittedItem<T> changed(T newData) {
        return new ChangedItem<>(this, newData, ColumnReplacement.REFUSED);
    }

    @Override
    UncommittedItem<T> with(FieldPath path, @Nullable Object value) {
        return data == null && isTopLevel(path)
                ? replacing(Collections.singletonMap(path, value)).with(path, value)
                : super.with(path, value);
    }

    @Override
    UncommittedItem<T> with(Assignment... assignments) {
        if (data != null) {
            return super.with(assignments);
        }
        Map<FieldPath, @Nullable Object> values = new HashMap<>();
        for (Assignment assignment : assignments) {
            if (assignment.operation() == Assignment.Operation.SET && isTopLevel(assignment.path())) {
                values.put(assignment.path(), assignment.value());
            }
        }
        return replacing(values).with(assignments);
    }

    private static boolean isTopLevel(FieldPath path) {
        return path.steps().size() == 1 && path.steps().get(0) instanceof FieldPath.Field;
    }

    /** Returns the item as if fields that cannot be read held what they are to become. */
    private StoredItem<T> replacing(Map<FieldPath, @Nullable Object> values) {
        Unreadable<T> unread = Objects.requireNonNull(unreadable);
        T readable = unread.row().data(rn, home.layer().seals(), values);
        Set<String> fields = values.keySet().stream().map(FieldPath::toString).collect(Collectors.toUnmodifiableSet());
        return new StoredItem<>(home, rn, readable, null, fields, revision, deleted);
    }

    /** Returns the fields that a change of the item writes although its data has what they become already. */
    Set<String> replaced() {
        return replaced;
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
