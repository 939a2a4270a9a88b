package dev.korm.wal;

import dev.korm.recovery.JournaledChange;

/**
 * A change that a journal has, as {@link WalReader} finds it.
 *
 * @param state of the change, as far as the journal knows
 */
public record LoggedChange(State state, JournaledChange change) {
    /** A state of a change. */
    public enum State {
        /** The program that makes it runs: it is under way, or done and not yet noted to be. */
        RUNNING,
        /** The next opening of its pool finishes it, or finds that it never happened. */
        UNFINISHED,
        /** A person has to decide about it. */
        QUARANTINED,
        /** It is finished, and was kept. */
        KEPT
    }
}
