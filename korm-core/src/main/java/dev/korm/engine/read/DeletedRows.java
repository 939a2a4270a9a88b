package dev.korm.engine.read;

import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.StoredItem;
import dev.korm.spi.query.TableName;
import java.util.Optional;

/** Reads items that are deleted and kept, by their ids. */
public final class DeletedRows {
    private DeletedRows() {}

    /** Returns the item of an RN where it is deleted and its row is kept. */
    public static <T> Optional<StoredItem<T>> find(CollectionHandle<T> home, Rn<T> rn) {
        CollectionHandle<T> base = home.base();
        if (base.layer()
                .schema(base.table())
                .filter(schema -> schema.has(TableName.DELETED))
                .isEmpty()) {
            return Optional.empty();
        }
        return ItemReader.find(base.in(base.pool().withDeleted()), rn).filter(StoredItem::isDeleted);
    }
}
