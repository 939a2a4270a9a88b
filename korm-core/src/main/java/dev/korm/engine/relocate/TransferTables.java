package dev.korm.engine.relocate;

import dev.korm.SchemaException;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.Evolution;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.StoredPolicy;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.observe.SchemaLog;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The two tables of a collection that is copied or moved: the target's gets all that the source's has. For one thread. */
final class TransferTables<T> {
    private final CollectionHandle<T> source;
    private final CollectionHandle<T> target;

    TransferTables(CollectionHandle<T> source, CollectionHandle<T> target) {
        this.source = source;
        this.target = target;
    }

    /**
     * Checks, before anything is made, that the rows can go along.
     *
     * @throws SchemaException when they cannot
     */
    void requireFit(TableSchema here) {
        Optional<TableSchema> before = target.layer().schema(target.table());
        Evolution.requireFreeNames(wanted(here), before, target.layer().layer());
        requireGenerated(here, before);
    }

    /** Gives the source's rows revisions where they have none. */
    TableSchema revise(TableSchema here) {
        return SchemaLog.evolve(source.layer().store(), Optional.of(here), revised(here), Set.of());
    }

    /** Returns the target's table with all that it needs, policies and what a deletion does included. */
    TableSchema evolve(TableSchema here) {
        OpenLayer to = target.layer();
        TableSchema there = SchemaLog.evolve(
                to.store(), to.schema(target.table()), TableView.hiddenToo(wanted(here), to.store()), Set.of());
        to.forget(target.table());
        adoptPolicies();
        return there;
    }

    private static TableSchema revised(TableSchema here) {
        List<ColumnSchema> columns = new ArrayList<>(here.columns());
        if (!here.has(TableName.REVISION)) {
            columns.add(new ColumnSchema(TableName.REVISION, ColumnKind.INTEGER));
        }
        return new TableSchema(here.table(), columns, List.of());
    }

    /** Checks that what the database works out in the source, that of the target does too. */
    private void requireGenerated(TableSchema here, Optional<TableSchema> there) {
        for (ColumnSchema column : here.columns()) {
            boolean same = there.flatMap(schema -> schema.column(column.name()))
                    .filter(ColumnSchema::isGenerated)
                    .isPresent();
            if (column.isGenerated() && !same) {
                throw new SchemaException(
                        "The column " + column.name() + " of " + source.collection() + " in the layer \""
                                + source.layer().layer() + "\" cannot go along to the layer \""
                                + target.layer().layer()
                                + "\": the database computes its values, and korm cannot make a column like it. Create the table with such a column there first, or drop it here");
            }
        }
    }

    /**
     * Returns all that the source has and the record wants, indexes too; but for what the database of the target works
     * out.
     */
    private TableSchema wanted(TableSchema here) {
        List<ColumnSchema> columns = new ArrayList<>(revised(here).columns());
        columns.removeIf(ColumnSchema::isGenerated);
        List<IndexSchema> indexes = new ArrayList<>(here.indexes());
        TableSchema ofRecord = source.model().wanted(source.table(), null);
        for (ColumnSchema column : ofRecord.columns()) {
            if (!here.has(column.name())
                    && columns.stream().noneMatch(has -> has.name().equals(column.name()))) {
                columns.add(column);
            }
        }
        for (IndexSchema index : ofRecord.indexes()) {
            if (!here.hasIndex(index.name())) {
                indexes.add(index);
            }
        }
        return new TableSchema(here.table(), columns, indexes);
    }

    /** Copies the reference policies that others have declared for the items. */
    private void adoptPolicies() {
        List<StoredPolicy> ofTable = source
                .layer()
                .policies()
                .at(source.pool().environment().nanoTime())
                .stream()
                .filter(policy -> policy.table().equals(source.table()))
                .toList();
        target.layer().policies().adopt(ofTable);
        target.layer().deletions().adopt(target.table(), source.layer().deletions(), source.table());
        target.layer().readyToDelete(target.model(), target.table());
        target.layer()
                .policies()
                .declare(target.table(), target.model().type(), target.model().policies());
    }
}
