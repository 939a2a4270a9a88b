package dev.korm.engine.write;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Change;
import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.Item;
import dev.korm.Transaction;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.ToldCall;
import dev.korm.engine.file.FileStep;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ColumnLosses;
import dev.korm.engine.item.ColumnReplacement;
import dev.korm.engine.item.ItemDeletion;
import dev.korm.engine.item.NewItem;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.lock.RequiredLocks;
import dev.korm.event.PoolCall;
import dev.korm.lock.Lock;
import dev.korm.schema.ColumnLoss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Changes to be stored together, once. */
public final class ItemTransaction implements Transaction {
    private final List<Change<?>> changes;
    private final ColumnReplacement replacement;
    private final ChangeOrigins.Author author;
    private final RequiredLocks locks;
    private final AtomicBoolean spent = new AtomicBoolean();

    public ItemTransaction(List<? extends Change<?>> changes, ColumnReplacement replacement) {
        this(changes, replacement, ChangeOrigins.Author.NOBODY, RequiredLocks.NONE);
    }

    private ItemTransaction(
            List<? extends Change<?>> changes,
            ColumnReplacement replacement,
            ChangeOrigins.Author author,
            RequiredLocks locks) {
        this.changes = List.copyOf(changes);
        this.replacement = replacement;
        this.author = author;
        this.locks = locks;
    }

    @Override
    public List<Item<?>> persist() {
        if (!spent.compareAndSet(false, true)) {
            throw new ClosedException("The transaction was persisted already; make a new one with Korm.tx(…)");
        }
        if (changes.isEmpty()) {
            return List.of();
        }
        PoolContext pool = ChangeSets.poolOf(changes.get(0));
        PoolContext seen = pool.items().seen(pool);
        if (!seen.equals(pool)) {
            return within(seen);
        }
        ToldCall call = begins(pool);
        try {
            List<Item<?>> items = persisted(pool);
            ToldCall.ended(call, null);
            return items;
        } catch (RuntimeException | Error failed) {
            ToldCall.ended(call, failed);
            throw failed;
        }
    }

    private List<Item<?>> persisted(PoolContext pool) {
        ChangeSet set = new ChangeSet(pool);
        changes.forEach(change -> set.add(change, replacement));
        return pool.origins().by(author, () -> set.fencedBy(locks).persist());
    }

    /** Tells that the changes begin to be stored, with their collection where they are of one. */
    private @Nullable ToldCall begins(PoolContext pool) {
        if (!pool.events().areCallsTold()) {
            return null;
        }
        CollectionHandle<?> home = null;
        for (Change<?> change : changes) {
            CollectionHandle<?> own = change instanceof FileStep ? null : ChangeSets.homeOf(change);
            if (own == null || (home != null && !home.isSamePlace(own))) {
                return pool.events().callBegins(PoolCall.PERSIST, "", "", "");
            }
            home = own;
        }
        return home == null ? null : home.callBegins(PoolCall.PERSIST);
    }

    /** Hands the changes to the transaction that the thread is within. */
    private List<Item<?>> within(PoolContext transaction) {
        if (replacement == ColumnReplacement.ALLOWED
                || !author.equals(ChangeOrigins.Author.NOBODY)
                || locks != RequiredLocks.NONE) {
            throw new ConfigurationException(
                    "A Korm.tx(…) with destructive(), by(…), because(…) or fencedBy(…) cannot take part in the"
                            + " transaction that the thread is within; leave these out, or persist it before or after");
        }
        for (Change<?> change : changes) {
            if (!(change instanceof NewItem || change instanceof ChangedItem || change instanceof ItemDeletion)) {
                throw new ConfigurationException("The change of " + change.rn()
                        + " cannot take part in the transaction that the thread is within;"
                        + " persist it before or after");
            }
        }
        List<Item<?>> stored = new ArrayList<>();
        changes.forEach(change -> stored.add(transaction.items().store(change)));
        return stored;
    }

    @Override
    public List<ColumnLoss> losses() {
        return changes.stream()
                .flatMap(change -> ColumnLosses.of(change).stream())
                .distinct()
                .toList();
    }

    @Override
    public Transaction destructive() {
        return new ItemTransaction(changes, ColumnReplacement.ALLOWED, author, locks);
    }

    @Override
    public Transaction by(String actor) {
        requireNonNull(actor, "actor");
        return new ItemTransaction(
                changes, replacement, new ChangeOrigins.Author(Optional.of(actor), author.reason()), locks);
    }

    @Override
    public Transaction because(String reason) {
        requireNonNull(reason, "reason");
        return new ItemTransaction(
                changes, replacement, new ChangeOrigins.Author(author.actor(), Optional.of(reason)), locks);
    }

    @Override
    public Transaction fencedBy(Lock... others) {
        requireElements(others, "locks");
        return new ItemTransaction(changes, replacement, author, locks.and(List.of(others)));
    }
}
