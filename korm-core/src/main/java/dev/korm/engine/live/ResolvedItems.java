package dev.korm.engine.live;

import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.engine.item.StoredItem;
import dev.korm.engine.read.ResolvePaths;
import dev.korm.model.reference.ReferenceVisitor;
import dev.korm.spi.query.TableName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The items that those of one answer carry along: an item has changed when one that it carries has. Used by one thread. */
final class ResolvedItems {
    private final ResolvePaths paths;
    private final String layer;
    private final Set<LayerTable> tables = new HashSet<>();

    /** @param layer of the items themselves */
    ResolvedItems(ResolvePaths paths, String layer) {
        this.paths = paths;
        this.layer = layer;
    }

    /** Returns a number that differs when the item does, or one that it carries. */
    long version(StoredItem<?> item) {
        long version = item.revision();
        for (FieldPath path : paths.paths()) {
            version = 31 * version + carried(item, path.steps(), layer);
        }
        return version;
    }

    /** Returns the tables of all that references at the paths name, found or not. */
    Set<LayerTable> tables() {
        return tables;
    }

    private <T> long carried(StoredItem<T> item, List<FieldPath.Step> steps, String holder) {
        if (!item.isReadable()) {
            return 0;
        }
        Sum sum = new Sum(holder);
        item.home().model().mapReferences(item.data(), steps, sum);
        return sum.version;
    }

    /** Adds up the revisions behind the references of one item. */
    private final class Sum implements ReferenceVisitor {
        private final String holder;
        private long version;

        Sum(String holder) {
            this.holder = holder;
        }

        @Override
        public Rn<?> visit(Rn<?> reference, Class<?> target, List<FieldPath.Step> rest) {
            if (reference.isDepot() || reference.form() != Rn.Form.ITEM) {
                return reference;
            }
            String other = reference.layer().orElse(holder);
            tables.add(new LayerTable(other, TableName.items(reference.namespace(), reference.kind())));
            version = 31 * version + 1;
            if (reference.carried().orElse(null) instanceof StoredItem<?> named) {
                version = 31 * version + named.revision();
                if (!rest.isEmpty()) {
                    version = 31 * version + carried(named, rest, other);
                }
            }
            return reference;
        }
    }
}
