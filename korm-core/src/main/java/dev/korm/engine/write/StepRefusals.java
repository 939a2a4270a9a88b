package dev.korm.engine.write;

import dev.korm.AlreadyExistsException;
import dev.korm.ConflictException;
import dev.korm.DuplicateException;
import dev.korm.NotFoundException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.engine.item.ItemArrival;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.read.DeletedRows;
import dev.korm.engine.read.ItemReader;
import dev.korm.spi.Refusal;
import java.util.List;
import java.util.Optional;

/** The errors of changes that a store has refused. */
final class StepRefusals {
    private StepRefusals() {}

    /** Returns the error of a change that was forbidden. */
    static StoreException forbidden(OpenLayer layer, Rn<?> first) {
        return new StoreException(
                layer.layer(),
                first + " was not stored in the layer \"" + layer.layer()
                        + "\", and nothing else of its change: it was taken for one that was cut off, and forbidden."
                        + " Make the change anew",
                StoreException.Outcome.NOT_APPLIED,
                null);
    }

    /** Returns the error of a step that the store has refused. */
    static <T> RuntimeException of(ItemChange<T> step, Refusal refusal) {
        Rn<T> rn = step.rn();
        if (refusal instanceof Refusal.Exists && step instanceof ItemArrival<T>) {
            return new AlreadyExistsException(
                    rn
                            + " was not moved there, since the layer has an item of this id already, or keeps one that was deleted."
                            + " Nothing was written; delete or purge one of them first",
                    rn);
        }
        if (refusal instanceof Refusal.Exists
                && DeletedRows.find(step.home(), rn).isPresent()) {
            return new AlreadyExistsException(
                    rn
                            + " was not created, since an item with this id is deleted and kept. Restore that one, by Items.restore(…),"
                            + " purge it, or let korm choose an id",
                    rn);
        }
        if (refusal instanceof Refusal.Exists) {
            return new AlreadyExistsException(
                    rn
                            + " was not created, since an item with this id exists. Update that one, or let korm choose an id",
                    rn);
        }
        if (refusal instanceof Refusal.Missing) {
            return missing(step);
        }
        if (refusal instanceof Refusal.UniqueViolation taken) {
            List<String> fields = step.view().fieldsOf(taken.index());
            Optional<Rn<?>> holder = Optional.of(step.home().collection().item(taken.holder()));
            return new DuplicateException(
                    rn + " was not stored, since " + holder.get() + " holds the same value of "
                            + String.join(" and ", fields) + ", which must be unique",
                    fields,
                    holder);
        }
        if (step instanceof ItemChange.Held<T> read) {
            return changedSinceRead(read);
        }
        if (step instanceof ItemChange.Restore<T>) {
            return notRestored(step);
        }
        return ItemReader.find(step.home(), rn)
                .<RuntimeException>map(theirs -> new ConflictException(
                        rn + " was changed since it was read (revision " + step.revisionRead() + ", now "
                                + theirs.revision()
                                + "). Nothing was written; look at theirs(), apply the change to it and commit again",
                        rn,
                        step.dataOf(),
                        theirs))
                .orElseGet(() -> missing(step));
    }

    private static <T> RuntimeException notRestored(ItemChange<T> step) {
        Rn<T> rn = step.rn();
        return ItemReader.find(step.home(), rn)
                .or(() -> DeletedRows.find(step.home(), rn))
                .<RuntimeException>map(theirs -> new ConflictException(
                        rn + " was not restored, since others have "
                                + (theirs.isDeleted() ? "restored and deleted it again" : "restored it")
                                + " meanwhile (revision " + step.revisionRead() + ", now " + theirs.revision()
                                + "). Nothing was written; look at theirs()",
                        rn,
                        step.dataOf(),
                        theirs))
                .orElseGet(() -> new NotFoundException(
                        rn + " was not restored: it was purged from the layer \""
                                + step.home().layer().layer() + "\" since it was read",
                        rn));
    }

    private static <T> RuntimeException changedSinceRead(ItemChange.Held<T> read) {
        Rn<T> rn = read.rn();
        return ItemReader.find(read.home(), rn)
                .<RuntimeException>map(theirs -> new ConflictException(
                        rn
                                + (read.isAbsent()
                                        ? " was created by others"
                                        : " was changed by others (revision " + read.revisionRead() + ", now "
                                                + theirs.revision() + ")")
                                + " after the transaction had read it. Nothing was written; run the transaction again",
                        rn,
                        read.mine(),
                        theirs))
                .orElseGet(() -> missing(read));
    }

    private static NotFoundException missing(ItemChange<?> step) {
        return new NotFoundException(
                step.rn() + " is not in the layer \"" + step.home().layer().layer()
                        + "\" any more; it was deleted since it was read. To keep the data, create it anew",
                step.rn());
    }
}
