package dev.korm.jdbc.session;

/**
 * A look whether a thread has stack enough to finish what it is about to begin. Drivers and HikariCP lose count of their connections when
 * a stack ends in the middle of them, and so does whoever should give one back. So a thread near the end of its stack fails before it has
 * taken anything.
 *
 * <p>The look is a descent of few, large frames, of which little is written: a thousand bytes each, in which there is room for the many
 * arguments of a call that only the last of them makes. Every read and change does it, and writing all of what is to be free costs more
 * than the rest of korm's work, and drives what the next lines need out of the processor's cache.
 */
public final class StackReserve {
    /** Levels of about a thousand bytes each: what taking a connection and giving it back need, with room to spare. */
    private static final int LEVELS = 40;

    private StackReserve() {}

    /**
     * Returns when there is a reserve of some 40 kB.
     *
     * @throws StackOverflowError when there is none
     */
    public static void require() {
        if (descend(LEVELS, 1) == 0) {
            throw new IllegalStateException("A sum of positive numbers is positive");
        }
    }

    /** Has variables for the interpreter, and arguments for compiled code, which make each frame large; only the last level has use for them. */
    private static long descend(int levels, long v0) {
        if (levels > 0) {
            return descend(levels - 1, v0) | 1;
        }
        long v1 = v0 + 1;
        long v2 = v1 + 1;
        long v3 = v2 + 1;
        long v4 = v3 + 1;
        long v5 = v4 + 1;
        long v6 = v5 + 1;
        long v7 = v6 + 1;
        long v8 = v7 + 1;
        long v9 = v8 + 1;
        long v10 = v9 + 1;
        long v11 = v10 + 1;
        long v12 = v11 + 1;
        long v13 = v12 + 1;
        long v14 = v13 + 1;
        long v15 = v14 + 1;
        long v16 = v15 + 1;
        long v17 = v16 + 1;
        long v18 = v17 + 1;
        long v19 = v18 + 1;
        long v20 = v19 + 1;
        long v21 = v20 + 1;
        long v22 = v21 + 1;
        long v23 = v22 + 1;
        long v24 = v23 + 1;
        long v25 = v24 + 1;
        long v26 = v25 + 1;
        long v27 = v26 + 1;
        long v28 = v27 + 1;
        long v29 = v28 + 1;
        long v30 = v29 + 1;
        long v31 = v30 + 1;
        long v32 = v31 + 1;
        long v33 = v32 + 1;
        long v34 = v33 + 1;
        long v35 = v34 + 1;
        long v36 = v35 + 1;
        long v37 = v36 + 1;
        long v38 = v37 + 1;
        long v39 = v38 + 1;
        long v40 = v39 + 1;
        long v41 = v40 + 1;
        long v42 = v41 + 1;
        long v43 = v42 + 1;
        long v44 = v43 + 1;
        long v45 = v44 + 1;
        long v46 = v45 + 1;
        long v47 = v46 + 1;
        long v48 = v47 + 1;
        long v49 = v48 + 1;
        long v50 = v49 + 1;
        long v51 = v50 + 1;
        long v52 = v51 + 1;
        long v53 = v52 + 1;
        long v54 = v53 + 1;
        long v55 = v54 + 1;
        long v56 = v55 + 1;
        long v57 = v56 + 1;
        long v58 = v57 + 1;
        long v59 = v58 + 1;
        return bottom(
                v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22,
                v23, v24, v25, v26, v27, v28, v29, v30, v31, v32, v33, v34, v35, v36, v37, v38, v39, v40, v41, v42, v43,
                v44, v45, v46, v47, v48, v49, v50, v51, v52, v53, v54, v55, v56, v57, v58, v59);
    }

    /** Too long for the compiler to make it a part of its caller, which would then need no place for the arguments. */
    private static long bottom(
            long v0,
            long v1,
            long v2,
            long v3,
            long v4,
            long v5,
            long v6,
            long v7,
            long v8,
            long v9,
            long v10,
            long v11,
            long v12,
            long v13,
            long v14,
            long v15,
            long v16,
            long v17,
            long v18,
            long v19,
            long v20,
            long v21,
            long v22,
            long v23,
            long v24,
            long v25,
            long v26,
            long v27,
            long v28,
            long v29,
            long v30,
            long v31,
            long v32,
            long v33,
            long v34,
            long v35,
            long v36,
            long v37,
            long v38,
            long v39,
            long v40,
            long v41,
            long v42,
            long v43,
            long v44,
            long v45,
            long v46,
            long v47,
            long v48,
            long v49,
            long v50,
            long v51,
            long v52,
            long v53,
            long v54,
            long v55,
            long v56,
            long v57,
            long v58,
            long v59) {
        return (v0 ^ v1)
                + (v1 ^ v2)
                + (v2 ^ v3)
                + (v3 ^ v4)
                + (v4 ^ v5)
                + (v5 ^ v6)
                + (v6 ^ v7)
                + (v7 ^ v8)
                + (v8 ^ v9)
                + (v9 ^ v10)
                + (v10 ^ v11)
                + (v11 ^ v12)
                + (v12 ^ v13)
                + (v13 ^ v14)
                + (v14 ^ v15)
                + (v15 ^ v16)
                + (v16 ^ v17)
                + (v17 ^ v18)
                + (v18 ^ v19)
                + (v19 ^ v20)
                + (v20 ^ v21)
                + (v21 ^ v22)
                + (v22 ^ v23)
                + (v23 ^ v24)
                + (v24 ^ v25)
                + (v25 ^ v26)
                + (v26 ^ v27)
                + (v27 ^ v28)
                + (v28 ^ v29)
                + (v29 ^ v30)
                + (v30 ^ v31)
                + (v31 ^ v32)
                + (v32 ^ v33)
                + (v33 ^ v34)
                + (v34 ^ v35)
                + (v35 ^ v36)
                + (v36 ^ v37)
                + (v37 ^ v38)
                + (v38 ^ v39)
                + (v39 ^ v40)
                + (v40 ^ v41)
                + (v41 ^ v42)
                + (v42 ^ v43)
                + (v43 ^ v44)
                + (v44 ^ v45)
                + (v45 ^ v46)
                + (v46 ^ v47)
                + (v47 ^ v48)
                + (v48 ^ v49)
                + (v49 ^ v50)
                + (v50 ^ v51)
                + (v51 ^ v52)
                + (v52 ^ v53)
                + (v53 ^ v54)
                + (v54 ^ v55)
                + (v55 ^ v56)
                + (v56 ^ v57)
                + (v57 ^ v58)
                + (v58 ^ v59)
                + (v59 ^ v0);
    }
}
