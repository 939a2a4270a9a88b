package dev.korm.engine;

import dev.korm.Rn;
import dev.korm.SchemaException;
import dev.korm.ValueException;
import dev.korm.crypto.Seals;
import dev.korm.model.Encoded;
import dev.korm.spi.ColumnShape;
import dev.korm.spi.Mutation;
import dev.korm.spi.TableShape;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The change of one item within a {@link ChangeSet}. */
abstract sealed class Step<T> {
    private final Home<T> home;
    private final Rn<T> rn;
    /** What was last made of it to be written; null for what is removed. */
    private @Nullable Encoded encoded;

    private Step(Home<T> home, Rn<T> rn) {
        this.home = home;
        this.rn = rn.unresolved();
    }

    final Home<T> home() {
        return home;
    }

    final Rn<T> rn() {
        return rn;
    }

    final ItemKey key() {
        return home.key(rn);
    }

    /** Who seals the item's secrets. */
    final Seals seals() {
        return home.layer().seals();
    }

    /** Whether there is anything to store. */
    abstract boolean writes();

    /** The table, with all that the item needs. */
    abstract TableView<T> view();

    abstract Mutation mutation();

    /** The revision that the change began with. */
    abstract long revisionRead();

    /** The revision of the item afterwards; of what is removed, its last. */
    abstract long revisionWritten();

    /** The data of the change, or of what is removed. */
    abstract T dataOf();

    /** The data that was stored before; empty for a new row. */
    Optional<T> dataBefore() {
        return Optional.empty();
    }

    /** Whether the row goes. */
    boolean removes() {
        return false;
    }

    /** Whether it comes to the same as another change of the same item. */
    abstract boolean isSame(Step<?> other);

    /**
     * Tells whether another change of the same item says all that this one does, which changes nothing of the item itself. Such a one
     * stands where resolved references lead back to an item that is changed elsewhere.
     */
    boolean yieldsTo(Step<?> other) {
        return false;
    }

    /** The columns of the fields that are written. */
    abstract Set<String> columnsWritten();

    /** Gives data with every carried change replaced by the item that it became. */
    interface Settled {
        <T> T data(Home<T> home, T data);
    }

    /** The item afterwards. */
    final StoredItem<T> stored(Settled settled) {
        return stored(settled, dataOf());
    }

    /** The item afterwards, with data of the same content whose references may be resolved to another depth. */
    abstract StoredItem<T> stored(Settled settled, T data);

    /** The fingerprints of sealed values that are written, under every key of the ring where it has several, by hidden column. */
    final Map<String, List<String>> sealedFingerprints() {
        return encoded == null ? Map.of() : encoded.sealedFingerprints();
    }

    /** Whether the item no longer holds afterwards what its row has in a hidden column. */
    final boolean frees(String hidden) {
        return encoded == null
                || encoded.columns().stream().anyMatch(column -> column.name().equals(hidden));
    }

    /** Encodes for the table as it is; replaces columns that do not fit where that is allowed. */
    final Encoded encode(Replacement replacement, Function<TableShape, Encoded> encoder) {
        Encoded fresh = encoding(replacement, encoder);
        encoded = fresh;
        return fresh;
    }

    private Encoded encoding(Replacement replacement, Function<TableShape, Encoded> encoder) {
        TableView<T> view = view();
        try {
            return encoder.apply(view.shape());
        } catch (SchemaException | ValueException misfit) {
            if (replacement == Replacement.REFUSED) {
                throw misfit;
            }
            Set<String> fields = columnsWritten();
            TableShape wanted = home.model().wanted(home.table(), dataOf());
            Set<String> differing = new HashSet<>();
            for (ColumnShape column : wanted.columns()) {
                boolean differs = view.shape()
                        .column(column.name())
                        .filter(actual -> actual.kind() != column.kind())
                        .isPresent();
                if (differs && (fields.contains(column.name()) || column.isHidden())) {
                    Evolution.requireFreeName(
                            column.name(), home.table(), home.layer().layer());
                    differing.add(column.name());
                }
            }
            if (differing.isEmpty()) {
                throw misfit;
            }
            TableShape replaced = home.layer().store().evolve(wanted, differing);
            home.layer().forget(home.table());
            return encoder.apply(replaced);
        }
    }

    /** A new row. */
    static final class Insert<T> extends Step<T> {
        private final T data;
        private final long revision;
        private final Replacement replacement;
        private final @Nullable OtherColumns others;

        /** @param others what the row held beside the data, of an item that was deleted; null for a new one */
        Insert(Home<T> home, Rn<T> rn, T data, long revision, Replacement replacement, @Nullable OtherColumns others) {
            super(home, rn);
            this.data = data;
            this.revision = revision;
            this.replacement = replacement;
            this.others = others;
        }

        private Encoded encode(TableShape shape) {
            return others == null
                    ? home().model().encode(data, shape, rn(), seals())
                    : others.beside(
                            home().model().encodeAgain(data, shape, rn(), seals()),
                            home().layer().recent(home().table()).orElse(shape));
        }

        @Override
        boolean writes() {
            return true;
        }

        @Override
        TableView<T> view() {
            home().model().check(data, rn());
            return home().layer().evolved(home().model(), home().table(), data, this::encode);
        }

        @Override
        Mutation mutation() {
            TableView<T> view = view();
            Encoded encoded = encode(replacement, this::encode);
            return new Mutation.Insert(
                    home().table(),
                    rn().id().orElseThrow(),
                    view.withRevision(encoded.columns()),
                    encoded.values().with(revision));
        }

        @Override
        Set<String> columnsWritten() {
            Set<String> columns = new HashSet<>();
            home().model().wanted(home().table(), data).columns().forEach(column -> columns.add(column.name()));
            return columns;
        }

        @Override
        long revisionRead() {
            return 0;
        }

        @Override
        long revisionWritten() {
            return revision;
        }

        @Override
        T dataOf() {
            return data;
        }

        @Override
        boolean isSame(Step<?> other) {
            return false;
        }

        @Override
        StoredItem<T> stored(Settled settled, T same) {
            return new StoredItem<>(home(), rn(), settled.data(home(), same), revision);
        }
    }

    /** Changed columns of a row. */
    static final class Modify<T> extends Step<T> {
        private final ChangedItem<T> item;
        private final List<String> fields;
        private final Replacement replacement;

        Modify(ChangedItem<T> item, Replacement replacement) {
            super(item.home(), item.rn());
            this.item = item;
            this.fields = item.changedFields();
            this.replacement = replacement;
        }

        @Override
        boolean writes() {
            return !fields.isEmpty();
        }

        @Override
        TableView<T> view() {
            home().model().check(item.data(), rn());
            return home().layer().evolved(home().model(), home().table(), item.data(), wanted -> home().model()
                    .encodeChanges(item.before().data(), item.data(), wanted, rn(), seals()));
        }

        @Override
        Mutation mutation() {
            T before = item.before().data();
            Encoded encoded = encode(
                    replacement, shape -> home().model().encodeChanges(before, item.data(), shape, rn(), seals()));
            return new Mutation.Update(
                    home().table(),
                    rn().id().orElseThrow(),
                    OptionalLong.of(revisionRead()),
                    encoded.columns(),
                    encoded.values());
        }

        @Override
        Set<String> columnsWritten() {
            Set<String> columns = new HashSet<>();
            for (String field : fields) {
                home().model().root().member(field).ifPresent(member -> columns.add(member.storedName()));
            }
            return columns;
        }

        @Override
        long revisionRead() {
            return item.before().revision();
        }

        @Override
        long revisionWritten() {
            return writes() ? revisionRead() + 1 : revisionRead();
        }

        @Override
        Optional<T> dataBefore() {
            return Optional.of(item.before().data());
        }

        @Override
        T dataOf() {
            return item.data();
        }

        @Override
        @SuppressWarnings("unchecked") // The types are compared first.
        boolean isSame(Step<?> other) {
            return other instanceof Modify<?> modify
                    && modify.home().model().type() == home().model().type()
                    && modify.revisionRead() == revisionRead()
                    && home().model().sameData(item.data(), (T) modify.item.data());
        }

        @Override
        boolean yieldsTo(Step<?> other) {
            return !writes()
                    && other instanceof Modify<?> modify
                    && modify.home().model().type() == home().model().type();
        }

        @Override
        StoredItem<T> stored(Settled settled, T same) {
            return new StoredItem<>(home(), rn(), settled.data(home(), same), revisionWritten());
        }
    }

    /** A row that goes. */
    static final class Remove<T> extends Step<T> {
        private final StoredItem<T> item;

        Remove(StoredItem<T> item) {
            super(item.home(), item.rn());
            this.item = item;
        }

        @Override
        boolean writes() {
            return true;
        }

        @Override
        TableView<T> view() {
            // An item can be deleted from a table that cannot be given all that the record asks for now.
            return home().layer().view(home().model(), home().table()).orElseGet(() -> home().layer()
                    .evolved(home().model(), home().table(), item.data(), wanted -> {}));
        }

        @Override
        Mutation mutation() {
            OptionalLong expected = view().isRevised() ? OptionalLong.of(revisionRead()) : OptionalLong.empty();
            return new Mutation.Delete(home().table(), rn().id().orElseThrow(), expected);
        }

        @Override
        Set<String> columnsWritten() {
            return Set.of();
        }

        @Override
        long revisionRead() {
            return item.revision();
        }

        @Override
        long revisionWritten() {
            return item.revision();
        }

        @Override
        Optional<T> dataBefore() {
            return Optional.of(item.data());
        }

        @Override
        boolean removes() {
            return true;
        }

        @Override
        T dataOf() {
            return item.data();
        }

        @Override
        boolean isSame(Step<?> other) {
            return other instanceof Remove<?> remove && remove.revisionRead() == revisionRead();
        }

        @Override
        StoredItem<T> stored(Settled settled, T same) {
            return item;
        }
    }
}
