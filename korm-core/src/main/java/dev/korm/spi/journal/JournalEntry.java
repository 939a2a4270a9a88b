package dev.korm.spi.journal;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.nio.ByteBuffer;

/**
 * One entry of a journal.
 *
 * @param change the id of the change that it is about, unique for ever: ASCII letters, digits and {@code -}, at most 100
 * @param body what the engine has to know to finish it; empty for {@link Kind#DONE}. From position to limit; who reads it reads
 *     a duplicate, and nobody changes the bytes
 */
public record JournalEntry(Kind kind, String change, ByteBuffer body) {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** The state that an entry records for its change. The last entry of a change holds. */
    public enum Kind {
        /** It is about to be decided; the body says how it is finished. */
        PREPARED,
        /** Nothing is left to do, whether it happened or not. */
        DONE,
        /** It could not be finished and waits for somebody to say how; the body says why. */
        QUARANTINED,
        /** It is no change but a run that is over, by its id, whose log is forgotten and whose markers may be in layers still. Nothing is in the body. */
        OVER
    }

    public JournalEntry {
        requireNonNull(kind, "kind");
        requireNonNull(change, "change");
        requireNonNull(body, "body");
    }

    /** Returns the entry that ends a change. */
    public static JournalEntry done(String change) {
        return new JournalEntry(Kind.DONE, change, NOTHING);
    }

    /** Returns the entry of a run that is over and whose markers are still to be deleted. */
    public static JournalEntry over(String run) {
        requireNonNull(run, "run");
        return new JournalEntry(Kind.OVER, run, NOTHING);
    }

    /** Returns kind and change; never the body, which holds data. */
    @Override
    public String toString() {
        return kind + " " + change + " (" + body.remaining() + " bytes)";
    }
}
