package dev.korm.engine.write;

import dev.korm.DuplicateException;
import dev.korm.FieldPath;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.depot.FileLocks;
import dev.korm.engine.depot.FileUse;
import dev.korm.engine.file.FileColumns;
import dev.korm.engine.file.FileReleases;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.TableView;
import dev.korm.engine.reference.AtomicDeletion;
import dev.korm.engine.reference.DeleteRun;
import dev.korm.model.row.Encoded;
import dev.korm.model.row.Fingerprint;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.FingerprintKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Changes of every item that a selection finds. Where the layer cannot find them by itself, or others refer to what is deleted, the
 * changes are held in memory for one batch, so many as the pool's {@link ChangeLimit} allows.
 */
public final class BulkChange<T> {
    private static final int ATTEMPTS = 8;
    private static final int MOST_LOOKS = 20;
    /** Behind a row's id and revision. */
    private static final int FIRST_FILE = 2;

    private final CollectionHandle<T> home;
    private final TableView<T> view;

    public BulkChange(CollectionHandle<T> home, TableView<T> view) {
        this.home = home;
        this.view = view;
    }

    public long delete(FederatedSelection federated) {
        home.layer().readyToDelete(home.model(), home.table());
        FileColumns<T> all = FileColumns.of(home, view.schema());
        // What is kept keeps its files.
        FileColumns<T> files = home.layer().marks().keepsRows(home.table()) ? all.among(List.of()) : all;
        return releasing(
                Set.of(),
                releases -> DeleteRun.isPlain(home.pool(), home.table())
                        ? deletePlainly(federated, files, releases)
                        : deleteWithReferences(federated, files, releases));
    }

    /**
     * Changes items, and releases afterwards what they named before.
     *
     * @param named the files that they name from then on
     */
    private long releasing(Set<Rn<?>> named, ToLongFunction<FileReleases> change) {
        return home.pool().origins().asOne(() -> {
            try (FileReleases releases =
                    new FileReleases(home.pool().depots(), home.pool().layers())) {
                long changed = change.applyAsLong(releases);
                releases.release(named);
                return changed;
            }
        });
    }

    private long deletePlainly(FederatedSelection federated, FileColumns<T> files, FileReleases releases) {
        FederatedSelection rows = home.layer().reduced(federated);
        collect(rows, files, releases);
        if (home.layer().evaluates(rows) && !home.layer().marks().isRowByRow(home.table())) {
            return apply(List.of(new Mutation.DeleteSelected(rows.selection())));
        }
        return each(rows, (id, revision) -> new Mutation.Delete(home.table(), id, revision));
    }

    /** Reads which files the rows name that a change is about to reach: as they come, and only those that name any. */
    private void collect(FederatedSelection rows, FileColumns<T> files, FileReleases releases) {
        if (files.isEmpty()) {
            return;
        }
        Selection all = rows.selection();
        // What is left out must not make room for others below a limit.
        Condition where =
                all.limit().isPresent() ? all.where() : new Condition.And(List.of(all.where(), files.filled()));
        FederatedSelection read = new FederatedSelection(
                new Selection(all.from(), all.joins(), files.outputs(), where, List.of(), all.order(), all.limit()),
                rows.crossLayerJoins());
        try (RowCursor row = home.layer().select(read)) {
            while (row.next()) {
                files.each(row, 0, releases::add);
            }
        }
    }

    /** Deletes each row as it was read, since references to it are looked for in between. */
    private long deleteWithReferences(FederatedSelection federated, FileColumns<T> files, FileReleases releases) {
        List<Output> outputs = new ArrayList<>();
        outputs.add(new Output.Value(ItemIds.operand()));
        outputs.add(new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
        outputs.addAll(files.outputs());
        for (int attempt = 1; ; attempt++) {
            List<Mutation> deletions = new ArrayList<>();
            List<ItemKey> keys = new ArrayList<>();
            releases.clear();
            try (RowCursor row = home.layer().select(with(federated, outputs))) {
                while (row.next()) {
                    String id = String.valueOf(row.get(0));
                    OptionalLong seen = view.isRevised() && row.get(1) instanceof Number number
                            ? OptionalLong.of(number.longValue())
                            : OptionalLong.empty();
                    keys.add(new ItemKey(home.layer().layer(), home.table(), id));
                    require(keys.size());
                    deletions.add(new Mutation.Delete(home.table(), id, seen));
                    files.each(row, FIRST_FILE, releases::add);
                }
            }
            if (keys.isEmpty()) {
                return 0;
            }
            BatchResult result = new DeleteRun(
                            home.pool(),
                            home.layer(),
                            releases,
                            home.layer()::apply,
                            AtomicDeletion.committing(home.pool()))
                    .run(keys, List.of(), Batch.of(deletions))
                    .result();
            if (result instanceof BatchResult.Applied) {
                return keys.size();
            }
            if (attempt == ATTEMPTS) {
                throw refusal(((BatchResult.Refused) result).refusal());
            }
        }
    }

    private void require(int items) {
        home.pool().limit().require(items, home.collection(), home.layer().layer());
    }

    private static FederatedSelection with(FederatedSelection federated, List<Output> outputs) {
        Selection rows = federated.selection();
        return new FederatedSelection(
                new Selection(rows.from(), rows.joins(), outputs, rows.where(), List.of(), rows.order(), rows.limit()),
                federated.crossLayerJoins());
    }

    public long update(FederatedSelection federated, Map<FieldPath, ? extends @Nullable Object> values) {
        FederatedSelection rows = home.layer().reduced(federated);
        Encoded encoded = home.model().encodeAssignments(values, view.schema());
        home.layer()
                .policies()
                .declare(home.table(), home.model().type(), home.model().policies());
        FileColumns<T> files = FileColumns.of(home, view.schema()).among(encoded.columns());
        Set<Rn<?>> named = files.named(encoded);
        return releasing(named, releases -> {
            collect(rows, files, releases);
            return update(rows, encoded, named);
        });
    }

    /** Changes items while nobody removes the files that they name from then on. */
    private long update(FederatedSelection rows, Encoded encoded, Set<Rn<?>> named) {
        FileUse use = FileUse.of("a change of the items of", home.collection());
        FileLocks.Holding held = home.pool().depots().fileLocks().hold(named, use);
        try {
            return update(rows, encoded);
        } finally {
            held.close();
        }
    }

    private long update(FederatedSelection rows, Encoded encoded) {
        List<FingerprintKey> unsettled = Fingerprint.unsettled(encoded.columns(), view.schema());
        if (!unsettled.isEmpty()) {
            return new RowByRow(encoded, unsettled).update(rows);
        }
        if (home.layer().evaluates(rows)) {
            return apply(List.of(new Mutation.UpdateSelected(rows.selection(), encoded.columns(), encoded.values())));
        }
        return each(
                rows,
                (id, revision) -> new Mutation.Update(home.table(), id, revision, encoded.columns(), encoded.values()));
    }

    /** The change of a row. */
    private interface RowChange {
        Mutation of(String id, OptionalLong revision);
    }

    /**
     * Returns a change of each row, for what a layer cannot find by itself. A row that is changed between the look and
     * the change may not be one of them any more, and so all are looked at again.
     */
    private long each(FederatedSelection federated, RowChange change) {
        for (int attempt = 1; ; attempt++) {
            List<Mutation> changes = changes(federated, change);
            BatchResult result = changes.isEmpty() ? null : home.layer().apply(Batch.of(changes));
            if (result == null) {
                return 0;
            }
            if (result instanceof BatchResult.Applied applied) {
                return changed(applied);
            }
            Refusal refusal = ((BatchResult.Refused) result).refusal();
            if (refusal instanceof Refusal.UniqueViolation || attempt == MOST_LOOKS) {
                throw refusal(refusal);
            }
        }
    }

    private List<Mutation> changes(FederatedSelection federated, RowChange change) {
        List<Mutation> changes = new ArrayList<>();
        Output revision = new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER));
        List<Output> outputs = new ArrayList<>(List.of(new Output.Value(ItemIds.operand())));
        if (view.isRevised()) {
            outputs.add(revision);
        }
        try (RowCursor row = home.layer().select(with(federated, outputs))) {
            while (row.next()) {
                OptionalLong seen = view.isRevised() && row.get(1) instanceof Number number
                        ? OptionalLong.of(number.longValue())
                        : OptionalLong.empty();
                changes.add(change.of(String.valueOf(row.get(0)), seen));
                require(changes.size());
            }
        }
        return changes;
    }

    private long apply(List<Mutation> mutations) {
        if (mutations.isEmpty()) {
            return 0;
        }
        BatchResult result = home.layer().apply(Batch.of(mutations));
        if (result instanceof BatchResult.Refused refused) {
            throw refusal(refused.refusal());
        }
        return changed((BatchResult.Applied) result);
    }

    private static long changed(BatchResult.Applied result) {
        long rows = 0;
        for (long changed : result.rows()) {
            rows += changed;
        }
        return rows;
    }

    /**
     * A change of some of the fields that are unique together: what the others hold differs from row to row. A row that is
     * changed while it is looked at is looked at again.
     */
    private final class RowByRow {
        private static final int FIRST_PART = 2;

        private final Encoded encoded;
        private final List<FingerprintKey> keys;
        private final List<ColumnSchema> columns;
        private final List<ColumnSchema> parts;

        RowByRow(Encoded encoded, List<FingerprintKey> keys) {
            this.encoded = encoded;
            this.keys = keys;
            this.columns = new ArrayList<>(encoded.columns());
            keys.forEach(key -> columns.add(key.hidden()));
            this.parts = keys.stream()
                    .flatMap(key -> key.columns().stream())
                    .distinct()
                    .map(name -> view.schema().column(name).orElseThrow())
                    .filter(column -> !encoded.columns().contains(column))
                    .toList();
        }

        long update(FederatedSelection rows) {
            for (int attempt = 1; ; attempt++) {
                List<Mutation> changes = changes(rows);
                BatchResult result = changes.isEmpty() ? null : home.layer().apply(Batch.of(changes));
                if (result == null) {
                    return 0;
                }
                if (result instanceof BatchResult.Applied applied) {
                    return changed(applied);
                }
                Refusal refusal = ((BatchResult.Refused) result).refusal();
                if (refusal instanceof Refusal.UniqueViolation || attempt == MOST_LOOKS) {
                    throw refusal(refusal);
                }
            }
        }

        private List<Mutation> changes(FederatedSelection federated) {
            Selection rows = federated.selection();
            List<Output> outputs = new ArrayList<>();
            outputs.add(new Output.Value(ItemIds.operand()));
            outputs.add(new Output.Value(new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER)));
            parts.forEach(part -> outputs.add(new Output.Value(new Operand.Column(0, part.name(), part.kind()))));
            List<Mutation> changes = new ArrayList<>();
            Selection read = new Selection(
                    rows.from(), rows.joins(), outputs, rows.where(), List.of(), rows.order(), rows.limit());
            try (RowCursor row = home.layer().select(new FederatedSelection(read, federated.crossLayerJoins()))) {
                while (row.next()) {
                    Row values = encoded.values();
                    for (FingerprintKey key : keys) {
                        values = values.with(Fingerprint.of(key, part -> part(part.column(), row)));
                    }
                    long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                    changes.add(new Mutation.Update(
                            home.table(), String.valueOf(row.get(0)), OptionalLong.of(revision), columns, values));
                    require(changes.size());
                }
            }
            return changes;
        }

        private Fingerprint.Part part(String name, RowCursor row) {
            for (int i = 0; i < encoded.columns().size(); i++) {
                ColumnSchema column = encoded.columns().get(i);
                if (column.name().equals(name)) {
                    return new Fingerprint.Part(encoded.values().get(i), column.kind());
                }
            }
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).name().equals(name)) {
                    return new Fingerprint.Part(
                            row.get(FIRST_PART + i), parts.get(i).kind());
                }
            }
            throw new IllegalStateException("Not read: " + name);
        }
    }

    private RuntimeException refusal(Refusal refusal) {
        if (refusal instanceof Refusal.UniqueViolation taken) {
            List<String> fields = view.fieldsOf(taken.index());
            return new DuplicateException(
                    "No item of " + home.collection() + " was changed, since two would hold the same value of "
                            + String.join(" and ", fields) + ", which must be unique",
                    fields,
                    Optional.of(home.collection().item(taken.holder())));
        }
        return new StoreBusyException(
                home.layer().layer(),
                "No item of " + home.collection()
                        + " was changed, since one of them was changed or deleted meanwhile; try again",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }
}
