package dev.korm.engine.item;

import dev.korm.engine.layer.TableView;
import dev.korm.spi.Mutation;
import dev.korm.spi.schema.SchemaMovedException;
import java.util.OptionalLong;
import java.util.Set;

/** A row that goes, since its item is in another layer from then on. Nothing that refers to it is deleted, and no file of it released. */
public final class ItemDeparture<T> extends ItemChange<T> {
    private final StoredItem<T> item;

    public ItemDeparture(StoredItem<T> item) {
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
    public boolean removes() {
        return true;
    }

    @Override
    public T dataOf() {
        return item.data();
    }

    @Override
    public boolean isSame(ItemChange<?> other) {
        return false;
    }

    @Override
    public StoredItem<T> stored(Settled settled, T same) {
        return item;
    }
}
