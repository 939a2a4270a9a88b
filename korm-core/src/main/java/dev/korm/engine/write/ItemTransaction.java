package dev.korm.engine.write;

import dev.korm.Change;
import dev.korm.ClosedException;
import dev.korm.Item;
import dev.korm.Transaction;
import dev.korm.engine.item.ColumnReplacement;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Changes to be stored together, once. */
public final class ItemTransaction implements Transaction {
    private final List<Change<?>> changes;
    private final ColumnReplacement replacement;
    private final AtomicBoolean spent = new AtomicBoolean();

    public ItemTransaction(List<? extends Change<?>> changes, ColumnReplacement replacement) {
        this.changes = List.copyOf(changes);
        this.replacement = replacement;
    }

    @Override
    public List<Item<?>> persist() {
        if (!spent.compareAndSet(false, true)) {
            throw new ClosedException("The transaction was persisted already; make a new one with Korm.tx(…)");
        }
        if (changes.isEmpty()) {
            return List.of();
        }
        ChangeSet set = new ChangeSet(ChangeSets.poolOf(changes.get(0)));
        changes.forEach(change -> set.add(change, replacement));
        return set.persist();
    }

    @Override
    public Transaction destructive() {
        return new ItemTransaction(changes, ColumnReplacement.ALLOWED);
    }
}
