package dev.korm.testkit;

import java.util.Random;

/**
 * The seed of a random test. The seed is printed, with the command that repeats the test; {@code -Dkorm.seed=…} sets
 * it.
 *
 * <pre>{@code
 * Random random = Seed.random(LayersAgreeTest.class);
 * }</pre>
 */
public final class Seed {
    private static final String PROPERTY = "korm.seed";

    private Seed() {}

    /** Returns a new seed, or the one that the property names. */
    public static long next(Class<?> test) {
        String given = System.getProperty(PROPERTY);
        long seed = given == null ? new Random().nextLong() : Long.parseLong(given);
        System.out.println(test.getSimpleName() + " runs with seed " + seed + "; to repeat it: mvn test -am -Dtest="
                + test.getSimpleName() + " -Dsurefire.failIfNoSpecifiedTests=false -D" + PROPERTY + "=" + seed);
        return seed;
    }

    /** Chances that follow from {@link #next}. */
    public static Random random(Class<?> test) {
        return new Random(next(test));
    }
}
