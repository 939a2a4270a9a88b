package dev.korm.jdbc.session;

/**
 * A look whether a thread has stack enough to finish what it is about to begin. Drivers and HikariCP lose count of their connections when
 * a stack ends in the middle of them, and so does whoever should give one back. So a thread near the end of its stack fails before it has
 * taken anything.
 */
public final class StackReserve {
    /** Levels of at least a hundred bytes each: what taking a connection and giving it back need, with room to spare. */
    private static final int LEVELS = 400;

    private StackReserve() {}

    /**
     * Returns when there is a reserve of some 40 kB.
     *
     * @throws StackOverflowError when there is none
     */
    public static void require() {
        if (descend(LEVELS, 1, 2, 3, 4, 5, 6, 7, 8) == 0) {
            throw new IllegalStateException("A sum of positive numbers is positive");
        }
    }

    /** Keeps its values beside the call, so that each level takes its place on the stack. */
    private static long descend(int levels, long a, long b, long c, long d, long e, long f, long g, long h) {
        if (levels == 0) {
            return 1;
        }
        long below = descend(levels - 1, b, c, d, e, f, g, h, a);
        return below + (a & b & c & d & e & f & g & h & 1);
    }
}
