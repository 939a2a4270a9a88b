package dev.korm.recovery;

import java.util.List;

/** The recovery of changes over several layers that were interrupted. Safe for many threads. */
public interface Recovery {
    /** Returns what the opening of the pool found; all zero for a pool without a journal. */
    RecoveryReport atOpening();

    /** Returns the changes that wait for a person's decision. */
    List<QuarantinedChange> quarantined();

    /**
     * Finishes at once what this pool or one that is over could not: where a layer did not answer, or another program was killed since this pool was opened.
     * The pool does the same by itself every 30 seconds, but for what is quarantined.
     *
     * @return what was found this time
     */
    RecoveryReport retry();

    /**
     * Settles a quarantined change for good.
     *
     * @param change the id of one of {@link #quarantined}
     * @throws JournalException when there is none of that id; nothing is done
     * @throws dev.korm.StoreException when a layer fails; the change stays quarantined
     */
    void resolve(String change, Resolution resolution);
}
