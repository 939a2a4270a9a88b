package dev.korm.spi.backup;

import dev.korm.Rn;
import dev.korm.backup.BackupStatus;
import dev.korm.key.KeyRing;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** The parts of an open pool that backups are made of and restored into. Safe for many threads. */
public interface BackupContext {
    /** Returns the pool's id. */
    String pool();

    Environment environment();

    /** Returns the state of the pool's schedules. */
    List<BackupStatus> schedules();

    /** Returns the names of the layers. */
    List<String> layers();

    /**
     * Returns the store of a layer, past everything that the pool does with what is written.
     *
     * @throws dev.korm.ConfigurationException when there is none of that name
     */
    Layer store(String layer);

    /** Returns a layer to be written to as users do: versions of items are kept where the pool has a history. */
    Layer recorded(String layer);

    /** Returns the kind of a layer's store, such as {@code sqlite}. */
    String type(String layer);

    /** Returns the names of the depots. */
    List<String> depots();

    /**
     * Returns a depot.
     *
     * @throws dev.korm.ConfigurationException when there is none of that name
     */
    Depot depot(String name);

    /** Returns the ring of the pool; it may have no key. */
    KeyRing keys();

    /**
     * Does something short while no change of several layers is half done in this pool.
     *
     * @param patience how long those under way are waited for
     * @throws dev.korm.StoreBusyException when they have not ended by then
     */
    <T> T between(Duration patience, Supplier<T> work);

    /**
     * Keeps others out for a restore: other restores, backups by schedule, and those who ask for locks of items. Who has such a lock is waited for.
     *
     * @param patience how long all of them are waited for
     * @throws dev.korm.lock.LockTimeoutException when they have not ended by then; it names one of them
     */
    Exclusion exclude(Duration patience);

    /**
     * Returns the last moment at or before another at which no transaction is half done in any layer, as the histories of the layers tell.
     *
     * @param readings run selections of each layer, in a snapshot of it
     * @throws dev.korm.history.HistoryException when the moment is still to come, or the pool keeps no history
     */
    Instant wholeMoment(Instant moment, Map<String, Function<Selection, RowCursor>> readings);

    /**
     * Returns the rows of a table of items as they were at a moment, made of the versions of its items.
     *
     * @param columns the id first
     * @param reading runs selections, in a snapshot of the layer
     * @throws dev.korm.history.HistoryException when the history of the layer begins later, or a column is of another type since
     */
    RowCursor asOf(
            String layer,
            TableName table,
            List<ColumnSchema> columns,
            Instant moment,
            Function<Selection, RowCursor> reading);

    /**
     * Returns a depot as it was at a moment, to be listed and read.
     *
     * @return empty where the pool keeps no bytes of files
     */
    Optional<Depot> depotAsOf(String name, Instant moment);

    /** Writes a file past the pool, so that its history knows what it held before and what it holds then, where the pool keeps bytes of files. */
    void replaceFile(Rn<?> file, Runnable write);

    /** Returns the ids of the changes of several layers that were decided and are not in all of them, until somebody settles them. */
    Set<String> quarantined();

    /** Has the pool look at a table anew. */
    void forget(String layer, TableName table);
}
