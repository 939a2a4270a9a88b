package dev.korm.engine.write;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Document;
import dev.korm.QueryException;
import dev.korm.Rn;
import dev.korm.deletion.DeletedPurge;
import dev.korm.deletion.PurgedItems;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.file.FileColumns;
import dev.korm.engine.file.FileReleases;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Mutation;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A purge of all layers: each table with marked rows is gone through in the order of ids, a page in one batch, each row at the revision that was
 * read. One that was restored meanwhile stays. The files that a page named are released behind its batch, as those of any deletion.
 */
public final class DeletedPurgeRun implements DeletedPurge {
    private static final int PAGE = 500;
    /** Behind a row's id and revision. */
    private static final int FIRST_FILE = 2;

    private static final Operand REVISION = new Operand.Column(0, TableName.REVISION, ColumnKind.INTEGER);
    private static final Operand DELETED = new Operand.Column(0, TableName.DELETED, ColumnKind.INTEGER);

    private final PoolContext pool;
    private final long cut;
    private final Optional<Rn<?>> collection;
    private final Consumer<PurgedItems> listener;

    /** @param cut the time of the last deletion that is old enough, in microseconds since 1970 */
    public DeletedPurgeRun(PoolContext pool, long cut) {
        this(pool, cut, Optional.empty(), progress -> {});
    }

    private DeletedPurgeRun(PoolContext pool, long cut, Optional<Rn<?>> collection, Consumer<PurgedItems> listener) {
        this.pool = pool;
        this.cut = cut;
        this.collection = collection;
        this.listener = listener;
    }

    @Override
    public DeletedPurge of(Rn<?> other) {
        requireNonNull(other, "collection");
        if (other.form() != Rn.Form.COLLECTION) {
            throw new QueryException(
                    other + " is not the RN of a collection, which ends in \":*\"; a purge is of collections");
        }
        return new DeletedPurgeRun(pool, cut, Optional.of(other), listener);
    }

    @Override
    public DeletedPurge onProgress(Consumer<PurgedItems> progress) {
        requireNonNull(progress, "progress");
        return new DeletedPurgeRun(pool, cut, collection, progress);
    }

    @Override
    public PurgedItems run() {
        PurgedItems progress = new PurgedItems(0, 0);
        if (collection.isPresent()) {
            Rn<?> only = collection.get();
            OpenLayer layer = only.layer().map(pool.layers()::layer).orElseGet(() -> pool.layers()
                    .homeOf(only));
            return run(layer, TableName.items(only.namespace(), only.kind()), progress);
        }
        for (OpenLayer layer : pool.layers().all()) {
            if (layer.store().capabilities().access() == Capabilities.Access.READ_WRITE) {
                for (TableName table : layer.store().tables(TableName.DELETED)) {
                    progress = run(layer, table, progress);
                }
            }
        }
        return progress;
    }

    private PurgedItems run(OpenLayer layer, TableName table, PurgedItems before) {
        TableSchema schema = layer.schema(table).orElse(null);
        if (schema == null || !schema.has(TableName.DELETED)) {
            return before;
        }
        FileColumns<Document> files = FileColumns.of(pool.documents(layer, table), schema);
        PurgedItems progress = before;
        String after = "";
        while (true) {
            List<Mutation> page = new ArrayList<>();
            try (FileReleases releases = new FileReleases(pool.depots(), pool.layers())) {
                try (RowCursor row = layer.allRows().select(page(table, files, after))) {
                    while (row.next()) {
                        after = String.valueOf(row.get(0));
                        long revision = row.get(1) instanceof Number number ? number.longValue() : 0;
                        page.add(new Mutation.Delete(table, after, OptionalLong.of(revision)));
                        files.each(row, FIRST_FILE, releases::add);
                    }
                }
                if (page.isEmpty()) {
                    return progress;
                }
                int found = page.size();
                int purged = pool.origins().asOne(() -> apply(layer, page));
                // Where one was restored meanwhile, it names its files.
                releases.release(Set.of());
                progress = new PurgedItems(progress.found() + found, progress.purged() + purged);
                listener.accept(progress);
            }
        }
    }

    private Selection page(TableName table, FileColumns<Document> files, String after) {
        List<Output> outputs =
                new ArrayList<>(List.of(new Output.Value(ItemIds.operand()), new Output.Value(REVISION)));
        outputs.addAll(files.outputs());
        List<Condition> all = new ArrayList<>();
        all.add(new Condition.Compare(DELETED, Condition.Comparison.LESS_OR_EQUAL, cut));
        if (!after.isEmpty()) {
            all.add(new Condition.Compare(ItemIds.operand(), Condition.Comparison.GREATER, after));
        }
        SortKey byId =
                new SortKey(new Output.Value(ItemIds.operand()), SortKey.Direction.ASCENDING, SortKey.Nulls.LAST);
        return new Selection(
                table, List.of(), outputs, new Condition.And(all), List.of(), List.of(byId), OptionalLong.of(PAGE));
    }

    /** Deletes rows, but for those that are not as they were read; answers how many. */
    private static int apply(OpenLayer layer, List<Mutation> page) {
        List<Mutation> left = new ArrayList<>(page);
        while (!left.isEmpty() && layer.applyAsIs(Batch.of(left)) instanceof BatchResult.Refused refused) {
            left.remove(refused.mutation());
        }
        return left.size();
    }
}
