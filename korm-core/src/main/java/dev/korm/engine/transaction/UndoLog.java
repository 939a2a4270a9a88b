package dev.korm.engine.transaction;

import dev.korm.ClosedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps that take back what a transaction has written behind its savepoints, the newest last. Records nothing before there is a savepoint, and so costs
 * nothing where there is none. For one thread.
 */
final class UndoLog {
    private final List<Runnable> steps = new ArrayList<>();
    private boolean recording;

    /** A position in the log. It is gone when the step before it is. */
    static final class Mark {
        private final int size;
        private final @Nullable Runnable last;

        private Mark(int size, @Nullable Runnable last) {
            this.size = size;
            this.last = last;
        }
    }

    /** Returns whether what is written has to be recorded. */
    boolean isRecording() {
        return recording;
    }

    /** Adds the step that takes back what was just written; an instance of its own for each, by which marks know it. */
    void add(Runnable step) {
        if (recording) {
            steps.add(step);
        }
    }

    /** Returns the position as it is now, to which {@link #rollback} returns. */
    Mark mark() {
        recording = true;
        return new Mark(steps.size(), steps.isEmpty() ? null : steps.get(steps.size() - 1));
    }

    /**
     * Takes back what was written behind a mark, the newest first.
     *
     * @throws ClosedException when the mark is gone, since an earlier one was returned to
     */
    void rollback(Mark mark) {
        if (mark.size > steps.size() || (mark.last != null && steps.get(mark.size - 1) != mark.last)) {
            throw new ClosedException("The savepoint is gone, since the transaction was rolled back to one that was set"
                    + " before it. Set another one");
        }
        while (steps.size() > mark.size) {
            steps.remove(steps.size() - 1).run();
        }
    }

    void clear() {
        steps.clear();
    }
}
