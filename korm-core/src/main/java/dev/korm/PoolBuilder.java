package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.backup.BackupPlan;
import dev.korm.depot.DepotException;
import dev.korm.event.PoolListener;
import dev.korm.file.FileRelease;
import dev.korm.key.KeyRing;
import dev.korm.limit.StatementTimeoutException;
import dev.korm.lock.LockOptions;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.feed.FeedRetention;
import dev.korm.spi.journal.JournalSource;
import java.time.Duration;
import java.util.function.Consumer;

/** Says what a pool consists of. Not safe for several threads. */
public interface PoolBuilder {
    /**
     * Adds a layer.
     *
     * @param name what the {@code from} mod of RNs calls it
     * @param source which store, such as {@code Sqlite.file("cars.sqlite")}
     * @throws ConfigurationException when the name is taken, empty, or has {@code [} or {@code ]}, NUL or
     *     half a surrogate pair
     */
    PoolBuilder layer(String name, LayerSource source);

    /**
     * Adds a depot, whose files stay for a day after the last item that named them; see {@link FileRelease}.
     *
     * @param name what the {@code depot} mod of RNs calls it
     * @param source which store, such as {@code LocalDepot.at("files")}
     * @throws ConfigurationException when the name is taken by another depot, empty, or has {@code [} or {@code ]}, NUL or half a
     *     surrogate pair
     */
    default PoolBuilder depot(String name, DepotSource source) {
        requireNonNull(name, "name");
        requireNonNull(source, "source");
        return depot(name, source, FileRelease.after(Duration.ofDays(1)));
    }

    /** Adds a depot, and says what becomes of its files when no item names them any more. */
    PoolBuilder depot(String name, DepotSource source, FileRelease release);

    /**
     * Says in which layer all is at home that has no {@link #home(String, String) home} of its own.
     *
     * @param layer the name of the layer, also of one that is added later
     * @throws ConfigurationException when it was called before
     */
    PoolBuilder defaultLayer(String layer);

    /**
     * Says in which layer a namespace is at home, so that a program need not: where neither the call, nor the RN, nor {@link
     * Stored} names a layer, this one is meant. With a single layer there is no need to. What is stored already is not moved.
     *
     * @param layer the name of the layer, also of one that is added later
     * @throws ConfigurationException when the namespace has a home already, or is none
     */
    PoolBuilder home(String namespace, String layer);

    /**
     * Works as {@link #home(String, String)}, for one kind of the namespace; it takes precedence over the namespace's
     * own.
     */
    PoolBuilder home(String namespace, String kind, String layer);

    /**
     * Keeps the pool's configuration in one of its layers, so that nobody opens the same data under another one: names and
     * places of layers and depots, the journal, shared locks and whether there is a history are written there by the first {@link
     * #open()} and compared by every later one. Every other layer, and every depot, then names the pool that it belongs to. Where a
     * pool has metadata, no pool opens without, and {@link Korm#discover} opens it from any of its layers.
     *
     * <p>Credentials are sealed with the pool's keys, and not compared; where there is no key, they are not written. A read-only layer
     * is compared and not written.
     *
     * @param layer the name of the layer, also of one that is added later
     * @throws ConfigurationException when it was called before
     */
    PoolBuilder withMeta(String layer);

    /**
     * Has the metadata that is stored replaced by the present configuration where they differ, instead of failing: when a layer
     * was added, renamed or moved, or the metadata is to be kept in another layer. Needs {@link #withMeta}. Meant for the one
     * opening after such a change; it hides every other mistake, too.
     */
    PoolBuilder adoptMeta();

    /**
     * Takes the keys that secrets are sealed and opened with from a ring, instead of from the variables
     * {@value KeyRing#KEY_VARIABLE} and {@value KeyRing#KEYS_VARIABLE}. No key is looked for before one is needed, so a pool
     * without secrets needs none. The ring is the caller's: it may serve several pools, and is not closed with them.
     */
    PoolBuilder keys(KeyRing ring);

    /**
     * Says how long a change of a file waits for another one of the same file in this pool: 30 seconds unless said otherwise. Content
     * is uploaded before, so the other is waited for only while its items are stored and its bytes brought to their place.
     *
     * @throws ConfigurationException when it is zero or negative
     */
    PoolBuilder longestFileWait(Duration limit);

    /**
     * Says how many items one change may hold in memory: 100,000 unless said otherwise. It concerns {@code deleteAll} where other items
     * refer to the deleted ones, with those that go along or let go and the references between them, and {@code updateAll} and {@code
     * deleteAll} where the layer cannot find the items by itself. Each takes 0.3 to 2 KB. What the layer does by itself is not
     * limited.
     *
     * @throws ConfigurationException when it is less than 1
     */
    PoolBuilder largestChange(int items);

    /**
     * Says how long the changes that layers note for live queries and for readers of their feeds are kept: {@link FeedRetention#DEFAULT} unless said otherwise. A pool with live queries forgets
     * older ones now and then, as {@code FeedReaders.prune} does.
     */
    PoolBuilder retainChanges(FeedRetention retention);

    /**
     * Limits how long each statement may take in a store, so that a question that was not meant to does not keep it busy for hours, also when nobody waits for the answer any more. One that
     * takes longer is ended in the store, with a {@link StatementTimeoutException}. A question can have a limit of its own ({@link Query#timeout}). Not limited unless said otherwise; the making of
     * indexes and columns never is, nor a backup.
     *
     * @param longest zero for as long as it likes
     * @throws ConfigurationException when it is negative
     */
    PoolBuilder timeout(Duration longest);

    /**
     * Works as {@link #timeout(Duration)}, for one layer.
     *
     * @param layer the name of the layer, also of one that is added later
     */
    PoolBuilder timeout(String layer, Duration longest);

    /**
     * Gives the pool a journal, which makes changes of several layers, and of files with them, all or nothing: through a crash of the program and of
     * the machine. {@link #open()} then finishes what an earlier run was cut off in. A change of one layer does not use it, and is as fast as without.
     *
     * @param journal where it is, such as {@code Wal.at(Path.of("journal"))}
     * @throws ConfigurationException when it was called before
     */
    PoolBuilder withWal(JournalSource journal);

    /**
     * Keeps each version of each item, with its time, its transaction and who made it, in the layer of the item: see {@link Pool#history()}. A
     * version is written in the same batch as the change that makes it. A pool without pays nothing.
     */
    PoolBuilder withHistory();

    /** Works as {@link #withLocks(String, LockOptions)} with a lease of a minute. */
    default PoolBuilder withLocks(String layer) {
        requireNonNull(layer, "layer");
        return withLocks(layer, LockOptions.defaults());
    }

    /**
     * Shares the pool's locks with all other pools that keep theirs in the same layer: {@link Pool#locks()} then excludes other programs too, and every write of a locked item is
     * checked by its store. Without it locks hold within this pool.
     *
     * @param layer the name of the layer, also of one that is added later
     * @throws ConfigurationException when it was called before
     */
    PoolBuilder withLocks(String layer, LockOptions options);

    /**
     * Has backups made by themselves, by one of all programs that share the pool, as the metadata's layer knows when each was made. See {@link
     * Pool#backups}; the events go to {@link PoolListener}. What was missed while no program ran is made once when one opens the pool; what fails
     * is tried again, and does not count. Needs {@link #withMeta} and the module {@code korm-wal}.
     *
     * <pre>{@code
     * .backups("copies", plan -> plan.every("*", Schedule.daily().at(2, 0)).retain(Retention.days(30)))
     * }</pre>
     *
     * @param depot the depot that they go to, also one that is added later
     * @throws ConfigurationException when it was called before
     */
    PoolBuilder backups(String depot, Consumer<BackupPlan> plan);

    /** Has an observer told what happens in the pool, beginning with the recovery at its opening. There may be several. */
    PoolBuilder listener(PoolListener listener);

    /**
     * Declares records that the pool is used for, so that {@link #open()} fails where they could not be stored, instead of the first request: each is one that
     * can be stored, its collection is in a layer of the pool, and there is a key where it has a secret. Layers and depots find missing drivers by being opened.
     *
     * <p>Where a record with secrets says by {@link Stored} in which collection it is, {@link #open()} also tries to open what is sealed in that collection's first and
     * last rows by id. It fails with a {@link SealException} where the key ring lacks a key that they name, or where a key of the ring opens none of those that name
     * it; one that is altered, among others that open, is no reason.
     */
    PoolBuilder records(Class<?>... records);

    /** Works as {@link #records}, and has the opening make their tables, columns and indexes, as {@link Items#prepare()} does. */
    PoolBuilder prepare(Class<?>... records);

    /**
     * Has {@link #open()} try the key ring on all collections of all layers, as {@link #records} does for those of its records: also on collections of documents, and on those that no record names. Without it a lost key
     * shows when the first value that needs it is read. It describes each table, and reads 32 rows at the most of each that may hold secrets; collections without secrets, and a pool without any, need no key.
     *
     * <p>{@link #open()} fails with a {@link SealException} where the ring lacks a key that is named, or where a key of the ring opens none of those that name it, and with a {@link StoreException} where a layer does not answer.
     */
    PoolBuilder requireKeys();

    /**
     * Says from when on a statement is slow, and logged at WARN by the logger {@code dev.korm.slow}; zero for never, which it is unless said otherwise, since the measuring takes 2 to 4 % of a short read.
     *
     * @throws ConfigurationException when it is negative
     */
    PoolBuilder slowStatements(Duration from);

    /**
     * Works as {@link #slowStatements(Duration)}, for one layer.
     *
     * @param layer the name of the layer, also of one that is added later
     */
    PoolBuilder slowStatements(String layer, Duration from);

    /** Replaces time, chance, threads and the process's variables, for tests. */
    PoolBuilder environment(Environment environment);

    /**
     * Opens every layer and depot, and compares the configuration with the metadata that is stored. When it throws, whatever it opened is
     * closed again.
     *
     * @throws ConfigurationException when there is no layer, or the one of {@link #withMeta} is not among them
     * @throws MetadataException when the metadata that is stored is of another configuration
     * @throws StoreException when a store cannot be opened or does not answer
     * @throws DepotException when a depot cannot be opened or does not answer
     */
    Pool open();
}
