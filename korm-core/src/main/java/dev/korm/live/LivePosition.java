package dev.korm.live;

import static dev.korm.argument.NullArgumentException.requireNonNull;

/**
 * A moment of a live query, together with what it found then: so whoever stores its {@link #text} beside the items can be told later how they differ from what there is then, also by another
 * process, after a restart, and whatever became of the feed meanwhile.
 *
 * <p>The text carries the ids and revisions of up to 10,000 items, compressed, some 20 bytes for each. Of a longer list it carries none, and resuming begins with a fresh snapshot
 * unless nothing has changed.
 */
public interface LivePosition {
    /** Returns the position as text, which can be stored. It is made when it is asked for. Two positions are equal when these are. */
    String text();

    /** Returns the position that a text is of. Only the query finds out whether it is one, and of that query. */
    static LivePosition of(String text) {
        return new StoredPosition(requireNonNull(text, "text"));
    }
}
