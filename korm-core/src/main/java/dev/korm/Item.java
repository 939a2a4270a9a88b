package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.deletion.Restoration;
import dev.korm.deletion.SoftDelete;
import dev.korm.relocate.Move;
import java.time.Instant;
import java.util.Optional;

/**
 * An item as it was stored when it was read or written. It does not follow later changes; {@link #reload} does.
 *
 * <p>Immutable, safe for many threads. Equal to another when name, revision and data are.
 *
 * @param <T> the type of the data
 */
public interface Item<T> extends Referenced<T>, Editable<T, UncommittedItem<T>> {
    /**
     * Says which state of the item this is. It begins with the microseconds since 1970 at which the item was created, and grows by
     * one with each change; an item that is deleted and created anew under its id, restored or moved begins above all it had
     * before. So a state that somebody holds is never taken for another. 0 for items of a table that was made without revisions and
     * not written since.
     */
    long revision();

    /** Returns the pool it belongs to. */
    Pool pool();

    /**
     * Returns when it was deleted; empty unless it is deleted and {@link Query#includeDeleted} asked for it. Such an item cannot be
     * changed; {@link #restoration} and {@link Items#restore} bring it back.
     */
    Optional<Instant> deletedAt();

    /**
     * Deletes it, at once. The row of a record with {@link SoftDelete} is kept, and out of everything that is read. References to it stay and are missing from then on, unless they have another policy: see {@link
     * OnDelete}. What a policy asks for within its layer happens with the deletion or not at all; in other layers it happens
     * before, and a deletion that was interrupted is finished by another one.
     *
     * @throws ReferencedException when a policy forbids it
     * @throws NotFoundException when it is gone already
     * @throws ConflictException when it was changed since it was read
     * @throws StoreException when the store fails
     */
    DeletedItem<T> delete();

    /**
     * Returns its deletion as one change of a transaction; see {@link Korm#tx}. Nothing happens before that is
     * persisted.
     */
    Deletion<T> deletion();

    /**
     * Returns its restoration as one change of a transaction; see {@link Korm#tx}. Nothing happens before that is persisted. It is for an
     * item that was deleted and kept.
     *
     * @throws AlreadyExistsException when it is not deleted
     */
    Restoration<T> restoration();

    /**
     * Returns its move into another layer, to be committed or to be one change of a transaction; see {@link Korm#tx}. Nothing happens
     * before that.
     *
     * @throws ConfigurationException when the pool has no such layer, or it is in that layer
     * @throws NotFoundException when it is deleted, and only kept
     */
    Move<T> moveTo(String layer);

    /**
     * Reads it again; references come back unresolved.
     *
     * @throws NotFoundException when it is gone
     */
    Item<T> reload();

    /**
     * Prints it to standard output in a frame, coloured when that is a terminal and {@code NO_COLOR} is not set: nested data as a tree, with the items and files
     * that were read along. It is as wide as {@code COLUMNS} says, or 100 columns. Secrets are hidden.
     */
    void show();

    /** Returns the text that {@link #show()} prints. Secrets are hidden. */
    String show(Coloring coloring);

    /** Returns the text that {@link #show()} prints, in the colors and width of a view, with types on request. Secrets are hidden. */
    String show(View view);

    /**
     * The manner in which items are shown.
     *
     * @param width in columns of the terminal, at least 40
     * @param types whether the type of each field stands beside its name
     */
    record View(Coloring coloring, int width, boolean types) {
        /** A view without colors and types, of 100 columns. */
        public static final View PLAIN = new View(Coloring.PLAIN, 100, false);

        public View {
            requireNonNull(coloring, "coloring");
            width = Math.max(40, width);
        }

        /** Returns a view of 100 columns without types. */
        public static View of(Coloring coloring) {
            return new View(coloring, 100, false);
        }

        public View withWidth(int columns) {
            return new View(coloring, columns, types);
        }

        public View withTypes() {
            return new View(coloring, width, true);
        }
    }

    /** The choice of whether text is colored. */
    enum Coloring {
        PLAIN,
        ANSI
    }
}
