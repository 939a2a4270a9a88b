package dev.korm.spi;

import dev.korm.spi.environment.Scheduler;
import dev.korm.spi.load.LoadTarget;
import dev.korm.spi.load.RowLoad;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnExchange;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A store of tables of rows. Safe for many threads. Blocks; never answers half: what fails, fails with a
 * {@link dev.korm.StoreException} that says whether anything may have happened.
 *
 * <p>The shape fits an SQL database as well as a service that is reached by single requests: no call leaves anything open
 * but {@link #select}'s cursor and {@link #prepare}'s batch, and the latter only where it has
 * {@link Capabilities.Feature#HELD_TRANSACTIONS}.
 */
public interface Layer extends AutoCloseable {
    /** Returns the name that the {@code from} mod of an RN uses. */
    String name();

    Capabilities capabilities();

    /** Returns every item table there is now. */
    List<TableName> tables();

    /**
     * Returns every item table that has a column now. Asked for each question that goes through a reference, to find
     * where the items may be; a store that is far away answers it in one round trip.
     */
    default List<TableName> tables(String column) {
        return tables().stream()
                .filter(table ->
                        describe(table).filter(schema -> schema.has(column)).isPresent())
                .toList();
    }

    /**
     * Returns the table as it is now; empty when there is none. May be answered from memory when that is known to be
     * current.
     */
    Optional<TableSchema> describe(TableName table);

    /**
     * Makes the table, or adds the columns and indexes it lacks, and answers what there is afterwards. An existing column is
     * left as it is whatever its kind, except those in {@code replace}: they are dropped with their values and made anew.
     * Several processes may evolve one table at once; all succeed.
     *
     * @param wanted the key first
     * @param replace names of columns to drop and make anew when their kind differs
     * @throws dev.korm.DuplicateException when a new unique index finds equal values
     */
    TableSchema evolve(TableSchema wanted, Set<String> replace);

    /**
     * Shows a table that korm did not make as an item table, from now on: what is selected from and applied to {@link ExistingTable#items} is about its
     * rows, whose ids are {@code =} and their keys. Nothing of it is ever altered. It is not among {@link #tables}. More records may show more of its columns.
     *
     * @return the table as it is shown; empty where there is none of the name
     * @throws dev.korm.SchemaException when it lacks a column, its key is another, or another record says something else of it
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#EXISTING_TABLES}
     */
    default Optional<TableSchema> show(ExistingTable table) {
        throw new UnsupportedOperationException(
                "The layer " + name() + " has no tables but korm's; see its capabilities");
    }

    /**
     * Draws a number for the key of a new row in a table that is shown.
     *
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#EXISTING_TABLES}
     */
    default long nextKey(TableName table) {
        throw new UnsupportedOperationException(
                "The layer " + name() + " has no tables but korm's; see its capabilities");
    }

    /**
     * Puts a column in the place of another in one step: the other goes, with its values, its indexes and the hidden columns of fingerprints that hang on it, and the
     * column takes its name. Nobody sees the table with neither of them, and no row is written between the look at what is ready and the step.
     *
     * @return false where a row is not ready, as {@link ColumnExchange} says; nothing has happened then
     * @throws SchemaMovedException when one of the columns is not there
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#COLUMN_EXCHANGE}
     */
    default boolean exchange(ColumnExchange exchange) {
        throw new UnsupportedOperationException(
                "The layer " + name() + " puts no column in the place of another; see its capabilities");
    }

    /**
     * Drops a table with all its rows and indexes; it need not be there.
     *
     * @return false where the layer cannot do that; nothing has happened then
     */
    default boolean drop(TableName table) {
        return false;
    }

    /**
     * Runs a selection; rows come as they are read, in bounded memory, all from one moment's state of the store.
     *
     * @throws SchemaMovedException when a table or column is not there
     */
    RowCursor select(Selection selection);

    /**
     * Makes a question ready to be asked many times, with other constants each time: where a constant may stand in the
     * selection, a {@link Condition.Parameter} may stand instead. The layer does once what depends on the selection's shape
     * alone. Nothing is asked of the store and nothing is held open: keep the answer as long as the layer, or drop it.
     */
    CompiledSelection compile(Selection selection);

    /** Explains how the store would answer. Parameters may stand in the selection. */
    StorePlan explain(Selection selection);

    /**
     * Applies all of the batch or nothing, durably, in one transaction and one round trip where the store allows it.
     *
     * @throws SchemaMovedException when a table or column is not there, a column is of another kind than the batch says, or
     *     has become unique and its fingerprint is not written along; nothing has happened then
     */
    BatchResult apply(Batch batch);

    /**
     * Begins to insert many rows into a table, for {@link #follow} and all that is read as {@link #apply} would; for a table that nobody else writes to meanwhile.
     *
     * @param columns the columns beside the key, the revision among them
     * @param target whether others know the table; {@link LoadTarget#NEW} for its first load alone
     * @return empty where the layer has no faster way than {@link #apply}
     * @throws SchemaMovedException when the table or a column is not there; this may also be thrown later
     */
    default Optional<RowLoad> load(TableName table, List<ColumnSchema> columns, LoadTarget target) {
        return Optional.empty();
    }

    /**
     * Applies the batch in a transaction that stays open.
     *
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#HELD_TRANSACTIONS}
     */
    PreparedBatch prepare(Batch batch);

    /**
     * Applies the batch in a transaction that stays open, and is rolled back when it is not finished in time. So whoever dies or waits
     * for another store holds up nobody for longer. A layer whose server can enforce the deadline too does so here.
     *
     * @param deadline from now
     * @param scheduler watches the deadline; open for as long as the batch
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#HELD_TRANSACTIONS}
     */
    default PreparedBatch prepare(Batch batch, Duration deadline, Scheduler scheduler) {
        PreparedBatch prepared = prepare(batch);
        return prepared.result() instanceof BatchResult.Applied
                ? new DeadlineBatch(name(), prepared, deadline, scheduler)
                : prepared;
    }

    /**
     * Returns the store's own time, by which all programs that use the store agree whether a lease is over, however their own clocks go.
     *
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#FENCES}
     */
    default Instant time() {
        throw new UnsupportedOperationException(
                "The layer " + name() + " does not tell the time; see its capabilities");
    }

    /**
     * Keeps one moment of the store for many selections.
     *
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#SNAPSHOTS}
     */
    default Snapshot snapshot() {
        throw new UnsupportedOperationException("The layer " + name() + " keeps no snapshots; see its capabilities");
    }

    /**
     * Keeps one moment of the store for many selections, for so long at the most: one that is forgotten holds a connection, and what the store
     * would else clean up, for no longer. Then its selections and cursors throw a {@link dev.korm.StoreBusyException}.
     *
     * @param deadline from now
     * @param scheduler watches the deadline; open for as long as the snapshot
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#SNAPSHOTS}
     */
    default Snapshot snapshot(Duration deadline, Scheduler scheduler) {
        return new DeadlineSnapshot(name(), snapshot(), deadline, scheduler);
    }

    /**
     * Limits how long each statement may take from now on, unless the thread that runs it says otherwise ({@link dev.korm.spi.limit.StatementLimit}): what takes longer is ended in the store, with a
     * {@link dev.korm.limit.StatementTimeoutException}. Changes of the schema, snapshots, and the time in which nobody takes a row are not limited.
     *
     * @param longest zero for as long as it likes
     */
    default void limitStatements(Duration longest) {
        // A layer that cannot end what it has begun.
    }

    /**
     * Returns whether servers beside the one that takes changes answer what a thread asks within {@link dev.korm.spi.limit.ReplicaReads}. They see all that this layer has changed before, and
     * tables as this layer has seen them.
     */
    default boolean hasReplicas() {
        return false;
    }

    /** Has an observer told of each statement from now on, in place of an earlier one. A layer that sends no statements has nothing to tell. */
    default void observe(StatementObserver observer) {
        // It sends none.
    }

    /**
     * Has every later change of a table's rows noted, in the transaction of the change, for {@link #changes}. When it returns, no transaction that is still open can
     * commit a change that is not noted. Makes the table where it is missing. A table that is followed already stays so.
     *
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#CHANGE_FEED}
     */
    default void follow(TableName table) {
        throw new UnsupportedOperationException("The layer " + name() + " tells of no changes; see its capabilities");
    }

    /** Has changes of a table noted no more, and so written as fast as if nobody ever had followed it. */
    default void unfollow(TableName table) {
        throw new UnsupportedOperationException("The layer " + name() + " tells of no changes; see its capabilities");
    }

    /**
     * Forgets changes that were noted before a moment, by the store's time. A feed that has not come so far has lost its position then.
     *
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#CHANGE_FEED}
     */
    default void forgetChanges(Instant before) {
        forgetChanges(before, List.of());
    }

    /**
     * Forgets changes that were noted before a moment, by the store's time, but keeps all that come behind some positions.
     *
     * @param needed from where feeds are to go on; those of another store, or behind which not all is kept, keep nothing
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#CHANGE_FEED}
     */
    default void forgetChanges(Instant before, Collection<ChangeFeed.Position> needed) {
        throw new UnsupportedOperationException("The layer " + name() + " tells of no changes; see its capabilities");
    }

    /**
     * Tells of changes of all followed tables.
     *
     * @param from where an earlier feed was, or a {@link Snapshot#position}; empty: from now on
     * @throws UnsupportedOperationException unless {@link Capabilities.Feature#CHANGE_FEED}
     */
    default ChangeFeed changes(Optional<ChangeFeed.Position> from) {
        throw new UnsupportedOperationException("The layer " + name() + " tells of no changes; see its capabilities");
    }

    /** Ends it; open cursors are ended too. Twice is fine. */
    @Override
    void close();
}
