package dev.korm.jdbc.session;

/**
 * A look whether a thread has stack enough to finish what it is about to begin. Drivers and HikariCP lose count of their connections when
 * a stack ends in the middle of them, and so does whoever should give one back. So a thread near the end of its stack fails before it has
 * taken anything.
 *
 * <p>The look is a descent of few, large frames, of which little is written: two to three thousand bytes each, in which there is room for the
 * many arguments of a call that only the last of them makes. Every read and change does it, and writing all of what is to be free costs more
 * than the rest of korm's work, and drives what the next lines need out of the processor's cache. The arguments are nearly as many as a method
 * can have, since half as many make a descent of twice as many calls, each of which touches two lines of memory of its own.
 */
public final class StackReserve {
    /** Levels of 2,250 bytes each in the interpreter, and 3,150 compiled: what taking a connection and giving it back need, with room to spare. */
    private static final int LEVELS = 18;

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
        long v60 = v59 + 1;
        long v61 = v60 + 1;
        long v62 = v61 + 1;
        long v63 = v62 + 1;
        long v64 = v63 + 1;
        long v65 = v64 + 1;
        long v66 = v65 + 1;
        long v67 = v66 + 1;
        long v68 = v67 + 1;
        long v69 = v68 + 1;
        long v70 = v69 + 1;
        long v71 = v70 + 1;
        long v72 = v71 + 1;
        long v73 = v72 + 1;
        long v74 = v73 + 1;
        long v75 = v74 + 1;
        long v76 = v75 + 1;
        long v77 = v76 + 1;
        long v78 = v77 + 1;
        long v79 = v78 + 1;
        long v80 = v79 + 1;
        long v81 = v80 + 1;
        long v82 = v81 + 1;
        long v83 = v82 + 1;
        long v84 = v83 + 1;
        long v85 = v84 + 1;
        long v86 = v85 + 1;
        long v87 = v86 + 1;
        long v88 = v87 + 1;
        long v89 = v88 + 1;
        long v90 = v89 + 1;
        long v91 = v90 + 1;
        long v92 = v91 + 1;
        long v93 = v92 + 1;
        long v94 = v93 + 1;
        long v95 = v94 + 1;
        long v96 = v95 + 1;
        long v97 = v96 + 1;
        long v98 = v97 + 1;
        long v99 = v98 + 1;
        long v100 = v99 + 1;
        long v101 = v100 + 1;
        long v102 = v101 + 1;
        long v103 = v102 + 1;
        long v104 = v103 + 1;
        long v105 = v104 + 1;
        long v106 = v105 + 1;
        long v107 = v106 + 1;
        long v108 = v107 + 1;
        long v109 = v108 + 1;
        long v110 = v109 + 1;
        long v111 = v110 + 1;
        long v112 = v111 + 1;
        long v113 = v112 + 1;
        long v114 = v113 + 1;
        long v115 = v114 + 1;
        long v116 = v115 + 1;
        long v117 = v116 + 1;
        long v118 = v117 + 1;
        long v119 = v118 + 1;
        return bottom(
                v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22,
                v23, v24, v25, v26, v27, v28, v29, v30, v31, v32, v33, v34, v35, v36, v37, v38, v39, v40, v41, v42, v43,
                v44, v45, v46, v47, v48, v49, v50, v51, v52, v53, v54, v55, v56, v57, v58, v59, v60, v61, v62, v63, v64,
                v65, v66, v67, v68, v69, v70, v71, v72, v73, v74, v75, v76, v77, v78, v79, v80, v81, v82, v83, v84, v85,
                v86, v87, v88, v89, v90, v91, v92, v93, v94, v95, v96, v97, v98, v99, v100, v101, v102, v103, v104,
                v105, v106, v107, v108, v109, v110, v111, v112, v113, v114, v115, v116, v117, v118, v119);
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
            long v59,
            long v60,
            long v61,
            long v62,
            long v63,
            long v64,
            long v65,
            long v66,
            long v67,
            long v68,
            long v69,
            long v70,
            long v71,
            long v72,
            long v73,
            long v74,
            long v75,
            long v76,
            long v77,
            long v78,
            long v79,
            long v80,
            long v81,
            long v82,
            long v83,
            long v84,
            long v85,
            long v86,
            long v87,
            long v88,
            long v89,
            long v90,
            long v91,
            long v92,
            long v93,
            long v94,
            long v95,
            long v96,
            long v97,
            long v98,
            long v99,
            long v100,
            long v101,
            long v102,
            long v103,
            long v104,
            long v105,
            long v106,
            long v107,
            long v108,
            long v109,
            long v110,
            long v111,
            long v112,
            long v113,
            long v114,
            long v115,
            long v116,
            long v117,
            long v118,
            long v119) {
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
                + (v59 ^ v60)
                + (v60 ^ v61)
                + (v61 ^ v62)
                + (v62 ^ v63)
                + (v63 ^ v64)
                + (v64 ^ v65)
                + (v65 ^ v66)
                + (v66 ^ v67)
                + (v67 ^ v68)
                + (v68 ^ v69)
                + (v69 ^ v70)
                + (v70 ^ v71)
                + (v71 ^ v72)
                + (v72 ^ v73)
                + (v73 ^ v74)
                + (v74 ^ v75)
                + (v75 ^ v76)
                + (v76 ^ v77)
                + (v77 ^ v78)
                + (v78 ^ v79)
                + (v79 ^ v80)
                + (v80 ^ v81)
                + (v81 ^ v82)
                + (v82 ^ v83)
                + (v83 ^ v84)
                + (v84 ^ v85)
                + (v85 ^ v86)
                + (v86 ^ v87)
                + (v87 ^ v88)
                + (v88 ^ v89)
                + (v89 ^ v90)
                + (v90 ^ v91)
                + (v91 ^ v92)
                + (v92 ^ v93)
                + (v93 ^ v94)
                + (v94 ^ v95)
                + (v95 ^ v96)
                + (v96 ^ v97)
                + (v97 ^ v98)
                + (v98 ^ v99)
                + (v99 ^ v100)
                + (v100 ^ v101)
                + (v101 ^ v102)
                + (v102 ^ v103)
                + (v103 ^ v104)
                + (v104 ^ v105)
                + (v105 ^ v106)
                + (v106 ^ v107)
                + (v107 ^ v108)
                + (v108 ^ v109)
                + (v109 ^ v110)
                + (v110 ^ v111)
                + (v111 ^ v112)
                + (v112 ^ v113)
                + (v113 ^ v114)
                + (v114 ^ v115)
                + (v115 ^ v116)
                + (v116 ^ v117)
                + (v117 ^ v118)
                + (v118 ^ v119)
                + (v119 ^ v0);
    }
}
