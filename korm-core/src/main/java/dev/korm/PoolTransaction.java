package dev.korm;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.file.FileOperation;
import dev.korm.lock.Lock;
import dev.korm.relocate.CollectionMove;
import dev.korm.relocate.Move;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that runs: reads see what it has written, and nobody else sees anything of it before its end. Given by {@link
 * Pool#transaction}.
 *
 * <pre>{@code
 * pool.transaction(tx -> {
 *     Items<Account> accounts = tx.item(Account.class);
 *     Item<Account> from = accounts.fromRn(fromRn).get();
 *     Item<Account> to = accounts.fromRn(toRn).get();
 *     from.set(Account::balance, from.data().balance() - amount).commit();
 *     to.set(Account::balance, to.data().balance() + amount).commit();
 *     return accounts.query().sum("balance");
 * });
 * }</pre>
 *
 * <p>Items that come from {@link #item} belong to the transaction: their {@code create()}, {@code commit()} and {@code delete()} are
 * kept in memory until its end. Changes of items that were read elsewhere are handed to {@link #create}, {@link #update} and {@link
 * #delete}. What is written in any other way, such as through the pool, happens at once and is no part of it.
 *
 * <p>For one thread at a time. It ends with the call that it was given to, and refuses everything afterwards with a {@link
 * ClosedException}; items that it gave out go on to work, as items of the pool.
 */
public interface PoolTransaction {
    /**
     * Returns the items of a type as the transaction sees them.
     *
     * @param type a record, or {@link Document} where there is none
     * @throws ModelException when the type cannot be stored; the message names the field and the reason
     */
    <T> Items<T> item(Class<T> type);

    /**
     * Has an item created at the end of the transaction, and returns it as it is then.
     *
     * @throws AlreadyExistsException when the transaction has created or read an item of this id; one that is stored is found
     *     at the end
     * @throws ConfigurationException when it is of another pool
     */
    <T> Item<T> create(FloatingItem<T> item);

    /**
     * Has a change committed at the end of the transaction, with the changes of resolved references, and returns the item as it is then.
     *
     * @throws ConflictException when the transaction has changed the item since it was read
     * @throws NotFoundException when the transaction has deleted it
     * @throws ConfigurationException when it is of another pool
     */
    <T> Item<T> update(UncommittedItem<T> item);

    /**
     * Has an item deleted at the end of the transaction. What refers to it is treated as {@link OnDelete} says, and read accordingly.
     *
     * @throws ReferencedException when a policy forbids it; the transaction is as it was before
     * @throws ConflictException when the transaction has changed the item since it was read
     * @throws NotFoundException when the transaction has deleted it already
     * @throws ConfigurationException when it is of another pool
     */
    <T> DeletedItem<T> delete(Item<T> item);

    /**
     * Has an item moved to another layer at the end of the transaction, and returns it as it is then. Whoever refers to it is read as naming it there.
     *
     * @throws QueryException when the transaction has changed the item, or an item that refers to it in a column that its record does not know
     * @throws NotFoundException when the transaction has deleted it
     * @throws ConfigurationException when it is of another pool
     */
    <T> Item<T> move(Move<T> move);

    /**
     * Has a collection moved to another layer at the end of the transaction; as {@link #move(Move)} for each of its items.
     *
     * @throws QueryException when the transaction has changed an item of it
     * @throws ChangeTooLargeException when it has more items than the pool changes at once
     * @throws ConfigurationException when it is of another pool
     */
    void move(CollectionMove<?> move);

    /**
     * Has a file stored or deleted at the end of the transaction, made by {@link dev.korm.file.PoolFiles#creation}, {@link dev.korm.file.PoolFiles#storing} or {@link
     * dev.korm.file.PoolFiles#deletion} of the pool. Until then {@link Pool#files} shows the file as it was, within the transaction too.
     *
     * @throws ConfigurationException when it is of another pool
     */
    void change(FileOperation file);

    /**
     * Sets a savepoint, to which the transaction can be rolled back when a part of its work fails. Setting one asks nothing of a store. Without a rollback it has no effect.
     *
     * <pre>{@code
     * PoolTransaction.Savepoint before = tx.savepoint();
     * try {
     *     importOrder(tx, order);
     * } catch (InvalidOrderException skipped) {
     *     before.rollback();
     * }
     * }</pre>
     */
    Savepoint savepoint();

    /** Returns which attempt this is: 1, and more when others were in the way of those before. */
    int attempt();

    /**
     * A transaction whose end is said by calls of its own, for frameworks that begin and end transactions apart from the work. Made by {@link
     * Pool#begin}. Closed without {@link #commit} it writes nothing.
     *
     * <pre>{@code
     * try (PoolTransaction.Begun tx = pool.begin(PoolTransaction.Options.DEFAULT)) {
     *     tx.item(Account.class).fromData(new Account("Fred", 100)).create();
     *     tx.commit();
     * }
     * }</pre>
     */
    interface Begun extends PoolTransaction, AutoCloseable {
        /** Returns whether anything is to be written at the end. */
        boolean hasChanges();

        /**
         * Ends the transaction and stores what it has written; throws what {@link Pool#transaction(Work)} throws. It has ended then too.
         *
         * @throws ClosedException when it has ended before
         */
        void commit();

        /**
         * Has calls of this thread that are given to the pool take part in the transaction until the scope is closed: what {@link Korm#item}, also of before, reads and creates,
         * {@code commit()} and {@code delete()} of items whatever they come from, and {@link Korm#tx}. What cannot take part is refused. Files by themselves, {@link
         * Pool#transaction(Work)} and threads other than this one are on their own.
         *
         * @throws ConfigurationException when the thread is within another transaction of the pool
         */
        Scope makeCurrent();

        /** Ends the transaction, and forgets what was not committed; twice is fine. */
        @Override
        void close();
    }

    /** A moment within a transaction, to which it can be rolled back. */
    interface Savepoint {
        /**
         * Takes back what the transaction has written since: items that were created, changed and deleted, what deletions did to others, and files. Reads see what was there at
         * the savepoint, and what is done afterwards is part of the transaction as ever. Items that were given out in between are refused with a {@link ConflictException} when
         * they are to be changed. What was read in between still has to be unchanged at the end. Can be called any number of times; savepoints that were set after this one
         * are gone then.
         *
         * @throws QueryException when something was moved to another layer since; then nothing of the transaction is stored any more
         * @throws ClosedException when the transaction has ended, or was rolled back to an earlier savepoint
         */
        void rollback();
    }

    /** A piece of a thread's work whose calls take part in a transaction; closed by the same thread. */
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * The work of a transaction, which gives a value. It may be run several times, so it has no effects beside those on its transaction.
     *
     * @param <T> the value
     * @param <X> what it may throw
     */
    @FunctionalInterface
    interface Work<T extends @Nullable Object, X extends Exception> {
        T run(PoolTransaction tx) throws X;
    }

    /**
     * The work of a transaction without a value; see {@link Work}.
     *
     * @param <X> what it may throw
     */
    @FunctionalInterface
    interface Task<X extends Exception> {
        void run(PoolTransaction tx) throws X;
    }

    /**
     * The options of {@link Pool#transaction}. Immutable.
     *
     * <pre>{@code
     * PoolTransaction.Options.DEFAULT.withAttempts(3).withReads(Reads.UNCHECKED)
     * }</pre>
     *
     * @param attempts how often the work is run at the most when others change what it has read
     * @param firstPause the longest pause before the second attempt; a random one of at least half of it is taken, and each further
     *     one may be twice as long
     * @param longestPause how long a pause is at the most
     * @param reads whether what was read by RN has to be unchanged at the end
     * @param locks that it is held to
     */
    record Options(int attempts, Duration firstPause, Duration longestPause, Reads reads, List<Lock> locks) {
        /** Ten attempts, pauses from 2 to 250 milliseconds, and reads are checked. */
        public static final Options DEFAULT =
                new Options(10, Duration.ofMillis(2), Duration.ofMillis(250), Reads.CHECKED, List.of());

        /** @throws ConfigurationException when there is no attempt, or a pause is negative */
        public Options {
            requireNonNull(firstPause, "firstPause");
            requireNonNull(longestPause, "longestPause");
            requireNonNull(reads, "reads");
            locks = List.copyOf(requireElements(locks, "locks"));
            if (attempts < 1) {
                throw new ConfigurationException(
                        "A transaction is attempted at least once, not " + attempts + " times");
            }
            if (firstPause.isNegative() || longestPause.isNegative()) {
                throw new ConfigurationException(
                        "A pause between two attempts is not negative; give Duration.ZERO for none");
            }
        }

        /** Returns the same with another number of attempts; 1 for no second one. */
        public Options withAttempts(int other) {
            return new Options(other, firstPause, longestPause, reads, locks);
        }

        /** Returns the same with other pauses between the attempts. */
        public Options withPauses(Duration first, Duration longest) {
            requireNonNull(first, "first");
            requireNonNull(longest, "longest");
            return new Options(attempts, first, longest, reads, locks);
        }

        /** Returns the same with another choice for what is read. */
        public Options withReads(Reads other) {
            requireNonNull(other, "other");
            return new Options(attempts, firstPause, longestPause, other, locks);
        }

        /**
         * Returns the same, held to locks beside those that it has: when one of them is lost or closed before the end, the transaction is refused with {@link
         * dev.korm.lock.LockLostException}, is not run again, and writes nothing. The shared locks of the items that it writes are checked without being named here; see {@link
         * Transaction#fencedBy}.
         *
         * @param others of the transaction's pool
         */
        public Options fencedBy(Lock... others) {
            List<Lock> all = new ArrayList<>(locks);
            all.addAll(List.of(requireElements(others, "others")));
            return new Options(attempts, firstPause, longestPause, reads, all);
        }
    }

    /** The choice of what becomes of an item that the transaction read by RN and did not change. */
    enum Reads {
        /**
         * It has to be unchanged at the end, and an item that was not there has to be absent still; else the work is run again.
         */
        CHECKED,
        /** Others may change it meanwhile. Items that the transaction changes are checked all the same. */
        UNCHECKED
    }
}
