package dev.korm.engine.layer;

import dev.korm.spi.environment.Environment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The tokens of a layer's batches, by which a batch knows its own rows again. No two of one are the same, and those of others begin elsewhere among 2⁶⁴: so
 * two that meet are less likely than among random numbers, which take a call of the system. Whoever sees one can tell the next: a token keeps no secret.
 * Safe for many threads.
 *
 * <p>The sequence is that of Steele, Lea and Flood, <i>Fast Splittable Pseudorandom Number Generators</i> (OOPSLA 2014), with the mix of SplittableRandom.
 */
final class BatchTokens {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final AtomicLong state;

    BatchTokens(Environment environment) {
        state = new AtomicLong(environment.random().nextLong());
    }

    long next() {
        long z = state.getAndAdd(GAMMA);
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
