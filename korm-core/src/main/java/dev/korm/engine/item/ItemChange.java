package dev.korm.engine.item;

import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.ValueException;
import dev.korm.crypto.LayerSealer;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.layer.Evolution;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.observe.SchemaLog;
import dev.korm.model.row.Encoded;
import dev.korm.schema.ColumnLoss;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The change of one item within a {@code ChangeSet}. */
public abstract sealed class ItemChange<T>
        permits ItemChange.Insert,
                ItemChange.Modify,
                ItemChange.Remove,
                ItemChange.Restore,
                ItemChange.Held,
                ItemChange.Merged,
                ItemDeparture,
                ItemArrival {
    private final CollectionHandle<T> home;
    private final Rn<T> rn;
    /** Made when it is first asked for. */
    private @Nullable ItemKey key;

    /** What was last made of it to be written; null for what is removed. */
    private @Nullable Encoded encoded;

    ItemChange(CollectionHandle<T> home, Rn<T> rn) {
        this.home = home;
        this.rn = rn.unresolved();
    }

    public final CollectionHandle<T> home() {
        return home;
    }

    public final Rn<T> rn() {
        return rn;
    }

    public final ItemKey key() {
        ItemKey made = key;
        if (made == null) {
            made = home.key(rn);
            key = made;
        }
        return made;
    }

    /** Returns the sealer of the item's secrets. */
    final LayerSealer seals() {
        return home.layer().seals();
    }

    /** Returns whether there is anything to store. */
    public abstract boolean writes();

    /** Returns the table, with all that the item needs. */
    public abstract TableView<T> view();

    public abstract Mutation mutation();

    /** Returns the revision that the change began with. */
    public abstract long revisionRead();

    /** Returns the revision of the item afterwards; of what is removed, its last. */
    public abstract long revisionWritten();

    /** Returns the data of the change, or of what is removed. */
    public abstract T dataOf();

    /** Returns the data that was stored before; empty for a new row. */
    public Optional<T> dataBefore() {
        return Optional.empty();
    }

    /** Returns whether the row goes. */
    public boolean removes() {
        return false;
    }

    /** Returns whether the item is deleted, with all that its deletion asks of others. */
    public boolean deletes() {
        return false;
    }

    /** Returns whether there must be no row of the id before. */
    public boolean inserts() {
        return false;
    }

    /** Returns the same change with other references in its data. */
    public ItemChange<T> renaming(UnaryOperator<Rn<?>> references) {
        return this;
    }

    /** Returns whether it comes to the same as another change of the same item. */
    public abstract boolean isSame(ItemChange<?> other);

    /**
     * Tells whether another change of the same item says all that this one does, which changes nothing of the item itself. Such a one
     * stands where resolved references lead back to an item that is changed elsewhere.
     */
    public boolean yieldsTo(ItemChange<?> other) {
        return false;
    }

    /** Returns a change behind this one that gives the item other references; empty where none is to be another. */
    public final Optional<ItemChange<T>> thenRenaming(UnaryOperator<Rn<?>> references) {
        T data = dataOf();
        T renamed = home().model().mapAllReferences(data, references);
        return renamed == data
                ? Optional.empty()
                : Optional.of(new Modify<>(
                        new ChangedItem<>(stored(Settled.AS_IT_IS), renamed, ColumnReplacement.REFUSED),
                        ColumnReplacement.REFUSED));
    }

    /** Returns the columns of the fields that are written. */
    public abstract Set<String> columnsWritten();

    /** Gives data with every carried change replaced by the item that it became. */
    public interface Settled {
        /** Leaves data as it is. */
        Settled AS_IT_IS = new Settled() {
            @Override
            public <T> T data(CollectionHandle<T> home, T data) {
                return data;
            }
        };

        <T> T data(CollectionHandle<T> home, T data);
    }

    /** Returns the item afterwards. */
    public final StoredItem<T> stored(Settled settled) {
        return stored(settled, dataOf());
    }

    /** Returns the item afterwards, with data of the same content whose references may be resolved to another depth. */
    public abstract StoredItem<T> stored(Settled settled, T data);

    /**
     * Returns the fingerprints of sealed values that are written, under every key of the ring where it has several, by
     * hidden column.
     */
    public final Map<String, List<String>> sealedFingerprints() {
        return encoded == null ? Map.of() : encoded.sealedFingerprints();
    }

    /** Returns whether some of these columns are among those that are written. */
    public final boolean writesAny(Set<String> columns) {
        return !columns.isEmpty()
                && encoded != null
                && encoded.columns().stream().anyMatch(column -> columns.contains(column.name()));
    }

    /** Returns whether the item no longer holds afterwards what its row has in a hidden column. */
    public final boolean frees(String hidden) {
        return encoded == null
                || encoded.columns().stream().anyMatch(column -> column.name().equals(hidden));
    }

    /** Encodes for the table as it is; replaces columns that do not fit where that is allowed. */
    final Encoded encode(ColumnReplacement replacement, Function<TableSchema, Encoded> encoder) {
        Encoded fresh = encoding(replacement, encoder);
        encoded = fresh;
        return fresh;
    }

    private Encoded encoding(ColumnReplacement replacement, Function<TableSchema, Encoded> encoder) {
        TableView<T> view = view();
        try {
            return encoder.apply(view.schema());
        } catch (SchemaException | ValueException misfit) {
            TableSchema wanted = home.model().wanted(home.table(), dataOf());
            Set<String> differing = ColumnLosses.differing(view.schema(), wanted, columnsWritten());
            if (replacement == ColumnReplacement.REFUSED) {
                throw counted(misfit, view.schema(), differing);
            }
            differing.forEach(column ->
                    Evolution.requireFreeName(column, home.table(), home.layer().layer()));
            if (differing.isEmpty()) {
                throw misfit;
            }
            SchemaLog.destroys(
                    home.layer().layer(),
                    home.table(),
                    () -> ColumnLosses.text(ColumnLosses.count(home, view.schema(), differing)));
            TableSchema replaced =
                    SchemaLog.evolve(home.layer().store(), Optional.of(view.schema()), wanted, differing);
            home.layer().forget(home.table());
            return encoder.apply(replaced);
        }
    }

    /** Returns the refusal of a field whose column does not fit, with the number of values that would be lost. */
    private RuntimeException counted(RuntimeException misfit, TableSchema actual, Set<String> differing) {
        if (!(misfit instanceof SchemaException)) {
            return misfit;
        }
        List<ColumnLoss> losses = ColumnLosses.count(home, actual, differing);
        return losses.isEmpty()
                ? misfit
                : new SchemaException(
                        misfit.getMessage() + ". It would lose " + ColumnLosses.text(losses), misfit.getCause());
    }

    /** A new row. */
    public static final class Insert<T> extends ItemChange<T> {
        private final T data;
        private final long revision;
        private final ColumnReplacement replacement;
        private final @Nullable OtherColumns others;

        /** @param others what the row held beside the data, of an item that was deleted; null for a new one */
        public Insert(
                CollectionHandle<T> home,
                Rn<T> rn,
                T data,
                long revision,
                ColumnReplacement replacement,
                @Nullable OtherColumns others) {
            super(home.base(), rn);
            this.data = data;
            this.revision = revision;
            this.replacement = replacement;
            this.others = others;
        }

        private Encoded encode(TableSchema schema) {
            return others == null
                    ? home().model().encode(data, schema, rn(), seals())
                    : others.beside(
                            home().model().encodeAgain(data, schema, rn(), seals()),
                            home().layer().recent(home().table()).orElse(schema));
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public TableView<T> view() {
            home().model().check(data, rn());
            return home().layer().evolved(home().model(), home().table(), data, this::encode);
        }

        @Override
        public Mutation mutation() {
            TableView<T> view = view();
            Encoded encoded = encode(replacement, this::encode);
            return new Mutation.Insert(
                    home().table(),
                    rn().id().orElseThrow(),
                    view.withRevision(encoded.columns()),
                    encoded.values().with(revision));
        }

        @Override
        public Set<String> columnsWritten() {
            Set<String> columns = new HashSet<>();
            home().model().wanted(home().table(), data).columns().forEach(column -> columns.add(column.name()));
            return columns;
        }

        @Override
        public long revisionRead() {
            return 0;
        }

        @Override
        public long revisionWritten() {
            return revision;
        }

        @Override
        public T dataOf() {
            return data;
        }

        @Override
        public boolean isSame(ItemChange<?> other) {
            return false;
        }

        @Override
        public boolean inserts() {
            return true;
        }

        @Override
        public ItemChange<T> renaming(UnaryOperator<Rn<?>> references) {
            T renamed = home().model().mapAllReferences(data, references);
            return renamed == data ? this : new Insert<>(home(), rn(), renamed, revision, replacement, others);
        }

        @Override
        public StoredItem<T> stored(Settled settled, T same) {
            T data = home().model().revised(settled.data(home(), same), revision);
            return new StoredItem<>(home(), rn(), data, revision);
        }
    }

    /** Changed columns of a row. */
    public static final class Modify<T> extends ItemChange<T> {
        private final ChangedItem<T> item;
        private final List<String> fields;
        private final ColumnReplacement replacement;

        public Modify(ChangedItem<T> item, ColumnReplacement replacement) {
            super(item.home().base(), item.rn());
            this.item = item;
            this.fields = item.changedFields();
            this.replacement = replacement;
        }

        @Override
        public boolean writes() {
            return !fields.isEmpty();
        }

        @Override
        public TableView<T> view() {
            home().model().check(item.data(), rn());
            return home().layer()
                    .evolved(home().model(), home().table(), item.data(), wanted -> item.encode(wanted, seals()));
        }

        @Override
        public Mutation mutation() {
            Encoded encoded = encode(replacement, schema -> item.encode(schema, seals()));
            return new Mutation.Update(
                    home().table(),
                    rn().id().orElseThrow(),
                    OptionalLong.of(revisionRead()),
                    encoded.columns(),
                    encoded.values());
        }

        @Override
        public Set<String> columnsWritten() {
            Set<String> columns = new HashSet<>();
            for (String field : fields) {
                home().model().root().member(field).ifPresent(member -> columns.add(member.storedName()));
            }
            return columns;
        }

        @Override
        public long revisionRead() {
            return item.before().revision();
        }

        @Override
        public long revisionWritten() {
            return writes() ? revisionRead() + 1 : revisionRead();
        }

        @Override
        public Optional<T> dataBefore() {
            return Optional.of(item.before().data());
        }

        @Override
        public T dataOf() {
            return item.data();
        }

        @Override
        @SuppressWarnings("unchecked") // The types are compared first.
        public boolean isSame(ItemChange<?> other) {
            return other instanceof Modify<?> modify
                    && modify.home().model().type() == home().model().type()
                    && modify.revisionRead() == revisionRead()
                    && home().model().sameData(item.data(), (T) modify.item.data());
        }

        @Override
        public ItemChange<T> renaming(UnaryOperator<Rn<?>> references) {
            T renamed = home().model().mapAllReferences(item.data(), references);
            return renamed == item.data()
                    ? this
                    : new Modify<>(new ChangedItem<>(item.before(), renamed, item.replacement()), replacement);
        }

        @Override
        public boolean yieldsTo(ItemChange<?> other) {
            return !writes()
                    && other instanceof Modify<?> modify
                    && modify.home().model().type() == home().model().type();
        }

        @Override
        public StoredItem<T> stored(Settled settled, T same) {
            T data = home().model().revised(settled.data(home(), same), revisionWritten());
            return new StoredItem<>(home(), rn(), data, revisionWritten());
        }
    }

    /** A row that goes. */
    public static final class Remove<T> extends ItemChange<T> {
        private final StoredItem<T> item;

        public Remove(StoredItem<T> item) {
            super(item.home().base(), item.rn());
            this.item = item;
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public TableView<T> view() {
            home().layer().readyToDelete(home().model(), home().table());
            // An item can be deleted from a table that cannot be given all that the record asks for now.
            return home().layer().view(home().model(), home().table()).orElseGet(() -> home().layer()
                    .evolved(home().model(), home().table(), item.data(), wanted -> {}));
        }

        @Override
        public Mutation mutation() {
            OptionalLong expected = view().isRevised() ? OptionalLong.of(revisionRead()) : OptionalLong.empty();
            return new Mutation.Delete(home().table(), rn().id().orElseThrow(), expected);
        }

        @Override
        public Set<String> columnsWritten() {
            return Set.of();
        }

        @Override
        public long revisionRead() {
            return item.revision();
        }

        @Override
        public long revisionWritten() {
            return item.revision();
        }

        @Override
        public Optional<T> dataBefore() {
            return Optional.of(item.data());
        }

        @Override
        public boolean removes() {
            return true;
        }

        @Override
        public boolean deletes() {
            return true;
        }

        @Override
        public T dataOf() {
            return item.data();
        }

        @Override
        public boolean isSame(ItemChange<?> other) {
            return other instanceof Remove<?> remove && remove.revisionRead() == revisionRead();
        }

        @Override
        public StoredItem<T> stored(Settled settled, T same) {
            return item;
        }
    }

    /** A row that is marked as deleted, and is to be no longer. */
    public static final class Restore<T> extends ItemChange<T> {
        private final StoredItem<T> item;

        /** @param item as it was read, deleted */
        public Restore(StoredItem<T> item) {
            super(item.home().base(), item.rn());
            this.item = item;
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public TableView<T> view() {
            return home().layer()
                    .view(home().model(), home().table())
                    .orElseThrow(() -> new SchemaMovedException(home().table(), null));
        }

        @Override
        public Mutation mutation() {
            MarkedRow row =
                    new MarkedRow(home().layer(), view().schema(), rn().id().orElseThrow());
            if (row.hasSealedKeys()) {
                // Tells what the value's fingerprints are under the other keys of the ring.
                encode(ColumnReplacement.REFUSED, schema -> home().model()
                        .encodeAgain(item.data(), schema, rn(), seals()));
            }
            return row.restored(revisionRead());
        }

        @Override
        public Set<String> columnsWritten() {
            Set<String> columns = new HashSet<>();
            home().model().wanted(home().table(), item.data()).columns().forEach(column -> columns.add(column.name()));
            return columns;
        }

        @Override
        public long revisionRead() {
            return item.revision();
        }

        @Override
        public long revisionWritten() {
            return item.revision() + 1;
        }

        @Override
        public T dataOf() {
            return item.data();
        }

        @Override
        public boolean isSame(ItemChange<?> other) {
            return other instanceof Restore<?> restore && restore.revisionRead() == revisionRead();
        }

        @Override
        public StoredItem<T> stored(Settled settled, T same) {
            return new StoredItem<>(home(), rn(), settled.data(home(), same), revisionWritten());
        }
    }

    /** An item that has to be as it was read when others are changed. */
    public static final class Held<T> extends ItemChange<T> {
        private final @Nullable StoredItem<T> item;

        /** @param item as it was read; empty where there was none */
        public Held(CollectionHandle<T> home, Rn<T> rn, Optional<StoredItem<T>> item) {
            super(home.base(), rn);
            this.item = item.orElse(null);
        }

        /** Returns whether there must be no such item. */
        public boolean isAbsent() {
            return item == null;
        }

        /** Returns the data as it was read; an empty {@link Optional} where there was none. */
        public Object mine() {
            return item == null ? Optional.empty() : item.data();
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public TableView<T> view() {
            return home().layer()
                    .view(home().model(), home().table())
                    .orElseThrow(() -> new SchemaMovedException(home().table(), null));
        }

        @Override
        public Mutation mutation() {
            String id = rn().id().orElseThrow();
            if (item != null) {
                return new Mutation.RequireRevision(home().table(), id, item.revision());
            }
            Condition same = new Condition.Compare(ItemIds.operand(), Condition.Comparison.EQUAL, id);
            return new Mutation.RequireNone(new Selection(
                    home().table(), List.of(), List.of(), same, List.of(), List.of(), OptionalLong.empty()));
        }

        @Override
        public long revisionRead() {
            return item == null ? 0 : item.revision();
        }

        @Override
        public long revisionWritten() {
            return revisionRead();
        }

        @Override
        public T dataOf() {
            return read().data();
        }

        @Override
        public boolean isSame(ItemChange<?> other) {
            return false;
        }

        @Override
        public Set<String> columnsWritten() {
            return Set.of();
        }

        @Override
        public StoredItem<T> stored(Settled settled, T same) {
            return read();
        }

        private StoredItem<T> read() {
            if (item == null) {
                throw new IllegalStateException("There was no item when it was read");
            }
            return item;
        }
    }

    /** The outcome of several changes of one item, one after the other: it is written by each of them, and never by itself. */
    public static final class Merged<T> extends ItemChange<T> {
        private final ItemChange<T> first;
        private final ItemChange<T> last;

        public Merged(ItemChange<T> first, ItemChange<T> last) {
            super(last.home(), last.rn());
            this.first = first;
            this.last = last;
        }

        @Override
        public boolean writes() {
            return true;
        }

        @Override
        public TableView<T> view() {
            return last.view();
        }

        @Override
        public Mutation mutation() {
            throw new IllegalStateException("Each of the changes is written by itself");
        }

        @Override
        public long revisionRead() {
            return first.revisionRead();
        }

        @Override
        public long revisionWritten() {
            return last.revisionWritten();
        }

        @Override
        public T dataOf() {
            return last.dataOf();
        }

        @Override
        public Optional<T> dataBefore() {
            return first.dataBefore();
        }

        @Override
        public boolean removes() {
            return last.removes();
        }

        @Override
        public boolean deletes() {
            return last.deletes();
        }

        @Override
        public boolean isSame(ItemChange<?> other) {
            return false;
        }

        @Override
        public Set<String> columnsWritten() {
            Set<String> columns = new HashSet<>(first.columnsWritten());
            columns.addAll(last.columnsWritten());
            return columns;
        }

        @Override
        public StoredItem<T> stored(Settled settled, T same) {
            return last.stored(settled, same);
        }
    }
}
