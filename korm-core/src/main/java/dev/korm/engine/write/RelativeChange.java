package dev.korm.engine.write;

import dev.korm.Assignment;
import dev.korm.ConflictException;
import dev.korm.Item;
import dev.korm.NotFoundException;
import dev.korm.OperationInterruptedException;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.UncommittedItem;
import dev.korm.ValueException;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ColumnReplacement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A change of every item that a query finds, by what each item has: they are read, and stored together, each at the revision that was read. When others were faster with one,
 * all are looked at again after a pause, since it may not be found any more.
 */
public final class RelativeChange<T> {
    private static final int MOST_LOOKS = 50;
    private static final long FIRST_PAUSE_MICROS = 500;
    private static final int MOST_DOUBLINGS = 6;

    private final CollectionHandle<T> home;

    public RelativeChange(CollectionHandle<T> home) {
        this.home = home;
    }

    /**
     * Changes the items in one transaction; returns how many.
     *
     * @param look finds the items anew each time
     */
    public long run(Supplier<Stream<Item<T>>> look, Assignment... assignments) {
        for (int attempt = 1; ; attempt++) {
            List<UncommittedItem<T>> changes = new ArrayList<>();
            try (Stream<Item<T>> items = look.get()) {
                items.forEach(item -> {
                    changes.add(changed(item, assignments));
                    home.pool()
                            .limit()
                            .require(
                                    changes.size(),
                                    home.collection(),
                                    home.layer().layer());
                });
            }
            if (changes.isEmpty()) {
                return 0;
            }
            try {
                new ItemTransaction(changes, ColumnReplacement.REFUSED).persist();
                return changes.size();
            } catch (ConflictException | NotFoundException changedMeanwhile) {
                if (attempt == MOST_LOOKS) {
                    throw new StoreBusyException(
                            home.layer().layer(),
                            "No item of " + home.collection()
                                    + " was changed, since others change the same items again and again; try again",
                            StoreException.Outcome.NOT_APPLIED,
                            changedMeanwhile);
                }
            }
            pause(attempt);
        }
    }

    private static <T> UncommittedItem<T> changed(Item<T> item, Assignment... assignments) {
        try {
            return item.apply(assignments);
        } catch (ValueException unfit) {
            throw new ValueException("No item was changed, since of " + item.rn() + " " + unfit.getMessage(), unfit);
        }
    }

    private void pause(int attempt) {
        long most = FIRST_PAUSE_MICROS << Math.min(attempt, MOST_DOUBLINGS);
        long micros = home.pool().environment().random().nextLong(most / 2, most + 1);
        try {
            home.pool().environment().sleep(Duration.ofNanos(micros * 1000));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    "Another look at the items of " + home.collection(),
                    StoreException.Outcome.NOT_APPLIED,
                    interrupted);
        }
    }
}
