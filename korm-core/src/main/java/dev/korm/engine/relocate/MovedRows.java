package dev.korm.engine.relocate;

import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.ChangedAgain;
import dev.korm.engine.read.ItemReader;
import dev.korm.engine.reference.MovedPlaces;
import dev.korm.spi.Mutation;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of one collection that one change takes to another layer. They are read together, when the first of them is asked for. For one thread. */
final class MovedRows<T> {
    private final CollectionHandle<T> source;
    private final CollectionHandle<T> target;
    private final MovedPlaces places;
    private final Set<String> ids = new LinkedHashSet<>();
    private final Map<String, Mutation> rows = new HashMap<>();
    private final Map<String, Long> revisions = new HashMap<>();

    /** @param places all that the change moves */
    MovedRows(CollectionHandle<T> source, CollectionHandle<T> target, MovedPlaces places) {
        this.source = source;
        this.target = target;
        this.places = places;
    }

    CollectionHandle<T> target() {
        return target;
    }

    /** Adds an item. */
    void add(String id, long revision) {
        ids.add(id);
        revisions.put(id, revision);
    }

    /**
     * Returns the row of an item as it is to be in the target.
     *
     * @throws dev.korm.NotFoundException when it is gone
     */
    Mutation row(String id) {
        if (!ids.isEmpty()) {
            read();
        }
        Mutation row = rows.get(id);
        if (row == null) {
            throw ItemReader.missing(source, source.collection().item(id));
        }
        return row;
    }

    private void read() {
        try {
            transfer();
        } catch (SchemaMovedException moved) {
            source.layer().forget(source.table());
            ChangedAgain.attempt(source.layer(), () -> {
                transfer();
                return rows;
            });
        }
        ids.clear();
    }

    private void transfer() {
        TableSchema here = source.layer().schema(source.table()).orElse(null);
        if (here == null) {
            return;
        }
        TransferTables<T> tables = new TransferTables<>(source, target);
        tables.requireFit(here);
        here = tables.revise(here);
        String from = source.layer().layer();
        String to = target.layer().layer();
        RowTransfer<T> transfer = new RowTransfer<>(
                source, target, reference -> places.renamedAlong(from, to, reference), here, tables.evolve(here));
        for (List<String> chunk :
                ItemIds.chunks(List.copyOf(ids), source.layer().store())) {
            for (RowTransfer.Copy copy : transfer.rows(chunk)) {
                rows.put(copy.id(), transfer.insert(copy, revisions.getOrDefault(copy.id(), 0L)));
            }
        }
    }
}
