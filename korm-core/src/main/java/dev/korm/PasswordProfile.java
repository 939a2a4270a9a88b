package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.crypto.password.Argon2;
import dev.korm.crypto.password.PhcString;
import dev.korm.spi.environment.Environment;
import java.time.Duration;

/**
 * The work of hashing a password with Argon2id: the cost of a login, and with it of each guess for somebody who has
 * stolen the hashes.
 *
 * @param memoryKib how much memory each hash takes, in KiB
 * @param passes how often it goes through that memory
 * @param lanes into how many parts it is divided
 */
public record PasswordProfile(int memoryKib, int passes, int lanes) {
    /**
     * 64 MiB, 3 passes, 1 lane: what the original korm uses, and more than OWASP asks for. About a quarter of a second.
     */
    public static final PasswordProfile STANDARD = new PasswordProfile(64 * 1024, 3, 1);

    /** The least that OWASP recommends: 19 MiB, 2 passes, 1 lane. */
    public static final PasswordProfile LEAST = new PasswordProfile(19 * 1024, 2, 1);

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** @throws ConfigurationException when no hash can be made so, or none that korm would verify */
    public PasswordProfile {
        PhcString made = PhcString.wanted(memoryKib, passes, lanes, new byte[SALT_BYTES], HASH_BYTES);
        if (PhcString.parse(made.text()) == null) {
            throw new ConfigurationException(
                    "A password profile has 1 to 64 lanes, at least 8 KiB for each and at most 1 GiB,"
                            + " and at least one pass, and memory times passes is at most 4 GiB; m=" + memoryKib + ",t="
                            + passes
                            + ",p=" + lanes + " is not allowed");
        }
    }

    /**
     * Returns the strongest profile with which a hash takes no longer than a time on this machine, but never less than
     * {@link #LEAST}. Takes some seconds; meant to be run once, on the machine that will hash, with its result written
     * into the program.
     *
     * @param longest such as a quarter of a second
     * @param mostMemoryKib how much memory a hash may take
     */
    public static PasswordProfile calibrated(Duration longest, int mostMemoryKib) {
        requireNonNull(longest, "longest");
        PasswordProfile profile = LEAST;
        long aim = longest.toNanos();
        long taken = profile.measure();
        while (2L * profile.memoryKib <= mostMemoryKib && 2 * taken <= aim) {
            profile = new PasswordProfile(2 * profile.memoryKib, profile.passes, profile.lanes);
            taken = profile.measure();
        }
        while (taken * (profile.passes + 1) / profile.passes <= aim) {
            PasswordProfile stronger;
            try {
                stronger = new PasswordProfile(profile.memoryKib, profile.passes + 1, profile.lanes);
            } catch (ConfigurationException most) {
                return profile;
            }
            long longer = stronger.measure();
            if (longer > aim) {
                return profile;
            }
            profile = stronger;
            taken = longer;
        }
        return profile;
    }

    /** Nanoseconds of one hash, the best of a few: the first ones are slow for other reasons. */
    private long measure() {
        Environment environment = Environment.system();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long begin = environment.nanoTime();
            Argon2.hash(new char[SALT_BYTES], like(new byte[SALT_BYTES]));
            best = Math.min(best, environment.nanoTime() - begin);
        }
        return best;
    }

    /** Returns a hash to be made. */
    PhcString like(byte[] salt) {
        return PhcString.wanted(memoryKib, passes, lanes, salt, HASH_BYTES);
    }

    static int saltBytes() {
        return SALT_BYTES;
    }
}
