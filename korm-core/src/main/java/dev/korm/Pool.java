package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.backup.PoolBackups;
import dev.korm.deletion.DeletedPurge;
import dev.korm.depot.MissingFileException;
import dev.korm.event.Ping;
import dev.korm.event.PoolListener;
import dev.korm.event.PoolMetrics;
import dev.korm.file.FileRef;
import dev.korm.file.PoolFiles;
import dev.korm.file.Sweep;
import dev.korm.history.History;
import dev.korm.history.Versions;
import dev.korm.key.Keys;
import dev.korm.lock.Locks;
import dev.korm.recovery.Recovery;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.SurroundingTransaction;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Layers under one roof. Opened by {@link Korm#pool}, closed once, by {@code try}-with-resources; safe for many threads.
 */
public interface Pool extends AutoCloseable {
    /** 16 hex digits, the same for every pool whose layers have these names, wherever they are. */
    String id();

    /** Returns the names of the layers, in the order in which they were given. */
    List<String> layers();

    /**
     * Runs some work as one transaction: all that it writes happens at its end or not at all, over all layers that it touches, and its
     * reads see what it has written. See {@link PoolTransaction} for what it is given.
     *
     * <p>The changes are kept in memory and stored at the end: in one layer by one transaction of its database and nothing else, in
     * several as {@link Korm#tx} does it. No transaction of any database is open while the work runs.
     *
     * <p><b>Isolation.</b> Every item that is changed must be as it was read. So must every item that was read by RN, which {@link
     * PoolTransaction.Reads} relaxes: as to these, transactions are serializable. Queries, and items that {@code resolvePaths} reads
     * along, see what was committed when they ask, and what others commit later is no conflict.
     *
     * <p><b>Attempts.</b> When others have changed such an item meanwhile, nothing was written, and the work is run again after a
     * pause, as often as {@link PoolTransaction.Options} says. So it has no other effects: what it does outside of the transaction, in this
     * pool too, happens with each attempt. An item that was read before the transaction makes no second attempt, since it would be as
     * old.
     *
     * <p>What the work throws is thrown as it is, and nothing is written.
     *
     * @return what the work returns
     * @throws ConflictException when the last attempt failed too; nothing is written
     * @throws NotFoundException when an item that is changed was deleted; nothing is written
     * @throws AlreadyExistsException when an id is taken; nothing is written
     * @throws DuplicateException when a unique value is taken; nothing is written
     * @throws ReferencedException when a policy forbids a deletion; nothing is written
     * @throws ConfigurationException when it touches several layers of a pool without a journal; nothing is written
     * @throws StoreException when the store fails; its outcome is about all layers
     * @throws dev.korm.recovery.JournalException when the journal fails; nothing is written
     * @throws dev.korm.recovery.IncompleteChangeException when it was decided and one of its layers does not answer; it is finished later
     */
    default <T extends @Nullable Object, X extends Exception> T transaction(PoolTransaction.Work<T, X> work) throws X {
        requireNonNull(work, "work");
        return transaction(PoolTransaction.Options.DEFAULT, work);
    }

    /** Works as {@link #transaction(PoolTransaction.Work)}, with options. */
    <T extends @Nullable Object, X extends Exception> T transaction(
            PoolTransaction.Options options, PoolTransaction.Work<T, X> work) throws X;

    /** Works as {@link #transaction(PoolTransaction.Work)}, for work that gives no value. */
    default <X extends Exception> void runTransaction(PoolTransaction.Task<X> task) throws X {
        requireNonNull(task, "task");
        runTransaction(PoolTransaction.Options.DEFAULT, task);
    }

    /** Works as {@link #runTransaction(PoolTransaction.Task)}, with options. */
    default <X extends Exception> void runTransaction(PoolTransaction.Options options, PoolTransaction.Task<X> task)
            throws X {
        requireNonNull(options, "options");
        requireNonNull(task, "task");
        this.<Boolean, X>transaction(options, tx -> {
            task.run(tx);
            return true;
        });
    }

    /**
     * Begins a transaction that the caller commits or closes. There is no second attempt: when others were in the way, {@link
     * PoolTransaction.Begun#commit} throws. For frameworks; programs are better off with {@link #transaction(PoolTransaction.Work)}.
     */
    PoolTransaction.Begun begin(PoolTransaction.Options options);

    /**
     * Begins a transaction that is a part of one that somebody else has begun on the database of a layer. It sees what that has written, and nobody else sees anything of
     * it before that is committed. {@link PoolTransaction.Begun#commit} writes, in that transaction, and returns when it was committed ({@link
     * SurroundingTransaction#commit}); everything that has to wait for the commit, such as files, feeds and listeners, comes behind it.
     *
     * @throws ConfigurationException when the pool has no such layer; by {@link PoolTransaction.Begun#commit} when changes are of other layers, or of files alone
     */
    PoolTransaction.Begun begin(PoolTransaction.Options options, SurroundingTransaction around);

    /**
     * Does work as a part of a transaction that the program has begun on a connection of its own, and ends itself. Within the work the items are as {@link PoolTransaction} says, and
     * what the transaction has written by SQL is seen. When the work returns, its changes are written to that transaction, and nobody else sees them before the program commits it:
     *
     * <pre>{@code
     * connection.setAutoCommit(false);
     * insertIntoLedger(connection, invoice);
     * pool.within(JdbcTransaction.of("main", connection), tx -> tx.update(invoice.set(Invoice::paid, true)));
     * connection.commit();
     * }</pre>
     *
     * <p>When the work or a change of it fails, what korm has written is taken back by a savepoint, and the transaction goes on. Items that were changed or created are to be read again afterwards: korm does not
     * learn whether they were committed, so a change that begins with one of them is a {@link ConflictException}. Listeners of the pool are told when it is written; live queries when it is committed.
     *
     * @throws ConfigurationException when the pool has no such layer, or the layer's connections are korm's own, or changes are of other layers or of files; nothing was written
     * @throws ConflictException when an item was changed since it was read; nothing was written
     */
    <T extends @Nullable Object, X extends Exception> T within(
            SurroundingTransaction around, PoolTransaction.Work<T, X> work) throws X;

    /**
     * Begins to delete for good what was deleted so long ago and kept; see {@link dev.korm.deletion.SoftDelete}.
     *
     * @throws QueryException when the age is negative
     */
    DeletedPurge purgeDeleted(Duration age);

    /** Returns what became of changes of several layers that were cut off, and settles them. */
    Recovery recovery();

    /**
     * Returns the history of the pool's items.
     *
     * @throws ConfigurationException when the pool was made without {@link PoolBuilder#withHistory}
     */
    History history();

    /**
     * Returns the versions of an item as documents, the newest first; of a type, {@link Items#history(Rn)} has them.
     *
     * @throws ConfigurationException when the pool was made without {@link PoolBuilder#withHistory}
     * @throws QueryException when the RN names no single item
     */
    default Versions<Document> history(Rn<?> rn) {
        requireNonNull(rn, "rn");
        history();
        return Korm.item(Document.class, this).history(Rn.parse(rn.toString()));
    }

    /** Returns the locks of items and of names: within this pool, and with {@link PoolBuilder#withLocks} among all that share them. */
    Locks locks();

    /**
     * Returns the backups of the pool, which it keeps in its depots.
     *
     * @throws ConfigurationException when the module {@code korm-wal}, which makes them, is missing
     */
    PoolBackups backups();

    /** Asks as {@link #ping(Duration)} does, and waits no longer than 5 seconds. */
    default List<Ping> ping() {
        return ping(Duration.ofSeconds(5));
    }

    /**
     * Asks each layer and each depot something small, all at once, for a readiness check. Nothing is thrown for one that fails or does not answer in time.
     *
     * @param limit how long the answers are waited for together
     * @return one for each layer and then each depot, in the order in which they were given
     * @throws ConfigurationException when the limit is zero or negative
     */
    List<Ping> ping(Duration limit);

    /** Returns what has happened so far, in numbers. A {@link PoolListener} is told of the same one by one. */
    PoolMetrics metrics();

    /** Returns the keys of the pool: which secrets each one seals, and the rotation to another key. */
    Keys keys();

    /**
     * Finds every reference that names nothing, in all layers: in fields of their own and inside nested data, to items
     * that are gone, never were, or are in a layer that the pool does not have. Found as the stream is read, in bounded
     * memory: a page of items at a time, and one question for each collection that the page refers to. References to
     * files are left out.
     *
     * <p>Each finding was right when it was looked up. Nothing is held open in between, so the stream may be left at any point.
     *
     * <pre>{@code
     * pool.danglingReferences().forEach(found ->
     *         System.out.println(found.holder() + " at " + found.path() + ": " + found.reference()));
     * }</pre>
     */
    Stream<DanglingReference> danglingReferences();

    /** Works as {@link #danglingReferences()}, and reports after each page how far it has come. */
    Stream<DanglingReference> danglingReferences(Consumer<ScanProgress> progress);

    /** Returns the names of the depots, in the order in which they were given. */
    List<String> depots();

    /**
     * Returns a depot.
     *
     * @throws ConfigurationException when the pool has none of that name
     */
    Depot depot(String name);

    /** Returns the files of the depots by themselves. */
    PoolFiles files();

    /**
     * Returns a file that an item names, resolved.
     *
     * @throws MissingFileException when there is none
     * @throws ConfigurationException when the pool has no such depot
     */
    default FileRef file(FileRef file) {
        requireNonNull(file, "file");
        return files().get(file.rn());
    }

    /** Begins to look for files that nobody needs, and for those that somebody misses. */
    Sweep sweep();

    /**
     * Ends it: waits for changes under way, ends open streams, closes every layer and depot even when one fails to, and leaves no
     * thread and no file open. Afterwards every call throws {@link ClosedException}. Twice is fine.
     *
     * @throws KormException the first failure, with the others suppressed
     */
    @Override
    void close();
}
