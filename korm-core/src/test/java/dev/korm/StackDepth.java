package dev.korm;

/** The depth of a thread's stack, for tests of calls that reach its end. */
public final class StackDepth {
    private static final int LEAST = 100;
    private static final int MOST = 200_000;

    private StackDepth() {}

    /** Runs work behind so many frames. */
    public static void dive(int depth, Runnable work) {
        if (depth <= 0) {
            work.run();
        } else {
            dive(depth - 1, work);
        }
    }

    /** Returns behind how many frames this thread can still do nothing. */
    public static int deepest() {
        int low = LEAST;
        int high = MOST;
        while (low < high - 1) {
            int middle = (low + high) / 2;
            try {
                dive(middle, () -> {});
                low = middle;
            } catch (StackOverflowError tooDeep) {
                high = middle;
            }
        }
        return low;
    }
}
