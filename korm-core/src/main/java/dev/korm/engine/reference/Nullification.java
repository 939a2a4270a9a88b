package dev.korm.engine.reference;

import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.layer.TableView;
import dev.korm.model.row.Encoded;
import dev.korm.spi.Mutation;
import java.util.OptionalLong;

/** A row that lets go of references, more of them with each wave of a deletion. Used by one thread. */
final class Nullification {
    private final TableView<Document> view;
    private final StoredItem<Document> before;
    private Document after;

    /** @param view its columns that hold references */
    Nullification(TableView<Document> view, StoredItem<Document> before) {
        this.view = view;
        this.before = before;
        this.after = before.data();
    }

    /**
     * Lets go of an item wherever a path meets it.
     *
     * @param layer the row's own, which a reference without a layer means
     */
    void letGo(FieldPath path, String layer, ItemKey target) {
        after = ReferenceWalk.along(
                after,
                path,
                (reference, place) -> reference.form() == Rn.Form.ITEM
                                && ItemKey.of(reference, layer).equals(target)
                        ? null
                        : reference);
    }

    /** Returns the change of the row as it was read. */
    Mutation mutation(ItemKey key) {
        Encoded encoded = view.model().encodeChanges(before.data(), after, view.schema(), before.rn());
        OptionalLong revision = view.isRevised() ? OptionalLong.of(before.revision()) : OptionalLong.empty();
        return new Mutation.Update(key.table(), key.id(), revision, encoded.columns(), encoded.values());
    }
}
