package dev.korm.spi.environment;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of a layer's database that somebody else has begun and will end, such as a framework, and of which a transaction of the pool is to be a part ({@link
 * dev.korm.Pool#begin(dev.korm.PoolTransaction.Options, SurroundingTransaction)}). What the pool reads for it is read on its connection; what it writes is written there too, in
 * one batch, and is stored when the owner commits.
 *
 * <p>Only a layer whose connections belong to the program takes part ({@code Postgres.dataSource(…)}, {@code MySql.dataSource(…)}). Changes of schemas, locks and whatever
 * else is no part of the transaction's own work have connections of their own.
 */
public abstract class SurroundingTransaction {
    private static final ThreadLocal<@Nullable Bound> CURRENT = new ThreadLocal<>();

    private final String layer;

    private record Bound(SurroundingTransaction transaction, boolean deciding) {}

    /** @param layer the name of the layer whose database it is of */
    protected SurroundingTransaction(String layer) {
        this.layer = requireNonNull(layer, "layer");
    }

    /** Returns the name of the layer whose database it is of. */
    public final String layer() {
        return layer;
    }

    /** Returns whether it goes on; afterwards calls have connections of their own. */
    public abstract boolean isOpen();

    /**
     * Returns its connection, which is neither committed, rolled back nor closed by the layer.
     *
     * @param type the type that the layer's database is reached by, as {@code java.sql.Connection}
     */
    public abstract <C> C connection(Class<C> type);

    /**
     * Returns whether its owner commits or rolls it back when korm's part has returned, and says nothing of it. Then {@link #commit} answers {@link End#PENDING}; changes of files
     * are refused, which have to wait for the commit; and items that were changed have to be read again, since they may have been rolled back.
     */
    public boolean isDecidedLater() {
        return false;
    }

    /** Returns what became of the transaction, which is committed by this call or by its owner meanwhile; called once, when everything was written. */
    public abstract End commit();

    /** The end of a transaction. */
    public enum End {
        COMMITTED,
        /** Nothing of it is stored. */
        ROLLED_BACK,
        /** It goes on, and korm's part with it. */
        PENDING,
        /** Nobody knows whether it is stored. */
        UNKNOWN
    }

    /** Does work of this thread whose questions to the layer are asked within this transaction. */
    public final <T extends @Nullable Object> T run(Supplier<T> work) {
        requireNonNull(work, "work");
        return bound(new Bound(this, false), work);
    }

    /** Does work of this thread whose one batch is what is to be stored with the transaction around it, if there is one. */
    public static <T extends @Nullable Object> T deciding(Supplier<T> work) {
        requireNonNull(work, "work");
        Bound outer = CURRENT.get();
        return outer == null ? work.get() : bound(new Bound(outer.transaction, true), work);
    }

    private static <T extends @Nullable Object> T bound(Bound now, Supplier<T> work) {
        Bound outer = CURRENT.get();
        CURRENT.set(now);
        try {
            return work.get();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** Returns the one that this thread works within, of any layer. */
    public static Optional<SurroundingTransaction> ofThread() {
        Bound here = CURRENT.get();
        return here == null ? Optional.empty() : Optional.of(here.transaction);
    }

    /** Returns the one within which a layer is to be asked by this thread. */
    public static Optional<SurroundingTransaction> forReading(String layer) {
        requireNonNull(layer, "layer");
        Bound here = CURRENT.get();
        return here == null || !here.transaction.layer.equals(layer) || !here.transaction.isOpen()
                ? Optional.empty()
                : Optional.of(here.transaction);
    }

    /** Returns whether what this thread writes to a layer is to be written within the transaction around it. */
    public static boolean takesChanges(String layer) {
        requireNonNull(layer, "layer");
        Bound here = CURRENT.get();
        return here != null && here.deciding && forReading(layer).isPresent();
    }
}
