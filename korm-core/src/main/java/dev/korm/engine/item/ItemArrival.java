package dev.korm.engine.item;

import dev.korm.Rn;
import dev.korm.engine.layer.TableView;
import dev.korm.spi.Mutation;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A row that comes from another layer. */
public final class ItemArrival<T> extends ItemChange<T> {
    private final Supplier<T> data;
    private @Nullable T found;
    private final long revision;
    private final Supplier<Mutation> row;

    /**
     * @param data as it is in the new place, asked for once
     * @param row the new row with all that the old one holds
     */
    public ItemArrival(CollectionHandle<T> home, Rn<T> rn, Supplier<T> data, long revision, Supplier<Mutation> row) {
        super(home.base(), rn);
        this.data = data;
        this.revision = revision;
        this.row = row;
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
        Mutation inserted = row.get();
        if (!home().model().boundColumns().isEmpty()) {
            // Tells what the fingerprints of sealed values are under the other keys of the ring.
            encode(ColumnReplacement.REFUSED, schema -> home().model().encodeAgain(dataOf(), schema, rn(), seals()));
        }
        return inserted;
    }

    @Override
    public Set<String> columnsWritten() {
        Set<String> columns = new HashSet<>();
        home().model().wanted(home().table(), dataOf()).columns().forEach(column -> columns.add(column.name()));
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
        T known = found;
        if (known == null) {
            known = data.get();
            found = known;
        }
        return known;
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
    public StoredItem<T> stored(Settled settled, T same) {
        return new StoredItem<>(home(), rn(), settled.data(home(), same), revision);
    }
}
