package dev.korm;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.StoreException.Outcome;
import dev.korm.crypto.password.Argon2;
import dev.korm.crypto.password.PasswordForms;
import dev.korm.crypto.password.PhcString;
import dev.korm.crypto.password.StoredHash;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Hashes and verifies passwords, a bounded number at once, since each takes a lot of memory: who comes first is served first,
 * and who has waited too long is told so. {@link Password} uses {@link #standard}; a program with limits or a profile of its own
 * keeps one for all its threads.
 *
 * <pre>{@code
 * PasswordHasher hasher = PasswordHasher.builder()
 *     .profile(PasswordProfile.LEAST)
 *     .atOnce(4)
 *     .waitAtMost(Duration.ofSeconds(2))
 *     .build();
 * Password password = hasher.hash(typed);
 * PasswordCheck check = hasher.verify(password, typedAgain);
 * }</pre>
 *
 * <p>What is typed is given as {@code char[]} and overwritten here, whatever comes of it. Safe for many threads.
 */
public final class PasswordHasher {
    private static final String BUSY = "too many passwords are being hashed; try again, or let more be hashed at once";

    private final PasswordProfile profile;
    private final Semaphore places;
    private final Duration longestWait;
    private final Environment environment;
    private final byte[] nobodysSalt;

    private PasswordHasher(Builder builder) {
        this.profile = builder.profile;
        this.places = new Semaphore(builder.atOnce > 0 ? builder.atOnce : fitting(builder.profile), true);
        this.longestWait = builder.longestWait;
        this.environment = builder.environment;
        this.nobodysSalt = salt();
    }

    /** Returns how many fit: as many as there are processors, and as take a quarter of the memory. */
    private static int fitting(PasswordProfile profile) {
        Runtime machine = Runtime.getRuntime();
        long byMemory = machine.maxMemory() / 4 / (1024L * profile.memoryKib());
        return (int) Math.max(1, Math.min(machine.availableProcessors(), byMemory));
    }

    /** Returns the one that {@link Password} uses: {@link PasswordProfile#STANDARD}, and a wait of ten seconds. */
    public static PasswordHasher standard() {
        return Standard.HASHER;
    }

    /** Made when it is first used. */
    private static final class Standard {
        static final PasswordHasher HASHER = builder().build();
    }

    /** Begins one of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** Settings of a hasher. Not safe for several threads. */
    public static final class Builder {
        private PasswordProfile profile = PasswordProfile.STANDARD;
        private int atOnce;
        private Duration longestWait = Duration.ofSeconds(10);
        private Environment environment = Environment.system();

        private Builder() {}

        /** Sets how much work each hash is; by default {@link PasswordProfile#STANDARD}. */
        public Builder profile(PasswordProfile other) {
            requireNonNull(other, "other");
            profile = other;
            return this;
        }

        /**
         * Sets how many passwords are hashed at once. When it is not given, as many as there are processors, but no
         * more than fit into a quarter of the memory.
         *
         * @throws ConfigurationException when it is less than one
         */
        public Builder atOnce(int most) {
            if (most < 1) {
                throw new ConfigurationException("At least one password is hashed at once, not " + most);
            }
            atOnce = most;
            return this;
        }

        /** Sets how long a call waits for others; by default ten seconds. */
        public Builder waitAtMost(Duration longest) {
            requireNonNull(longest, "longest");
            longestWait = longest;
            return this;
        }

        /** Replaces chance, for tests. */
        public Builder environment(Environment other) {
            requireNonNull(other, "other");
            environment = other;
            return this;
        }

        public PasswordHasher build() {
            return new PasswordHasher(this);
        }
    }

    /** Returns how much work each hash is. */
    public PasswordProfile profile() {
        return profile;
    }

    /**
     * Returns the hash of a password.
     *
     * @param password is overwritten
     * @throws PasswordBusyException when others were being hashed for too long
     * @throws OperationInterruptedException when the thread is interrupted
     */
    public Password hash(char[] password) {
        requireNonNull(password, "password");
        try {
            if (!enter("Hashing a password")) {
                throw new PasswordBusyException("A password was not hashed: " + BUSY);
            }
            try {
                char[] normal = PasswordForms.hashed(password);
                try {
                    return Password.of(Argon2.hash(normal, profile.like(salt())));
                } finally {
                    Arrays.fill(normal, '\0');
                }
            } finally {
                places.release();
            }
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /**
     * Holds what somebody has typed against the hash of a password.
     *
     * @param typed is overwritten
     * @throws OperationInterruptedException when the thread is interrupted
     */
    public PasswordCheck verify(Password password, char[] typed) {
        requireNonNull(password, "password");
        requireNonNull(typed, "typed");
        List<StoredHash> stored = password.hashes();
        return stored.isEmpty()
                ? wiped(
                        typed,
                        PasswordCheck.notChecked(
                                "the stored value is no hash of a password, or its cost is above the limit"))
                : verify(stored, typed);
    }

    /**
     * Does what {@link #verify} does where there is no such user, so that an answer takes as long as for one that there is, and
     * nobody learns so which there are. Never a match.
     *
     * @param typed is overwritten
     * @throws OperationInterruptedException when the thread is interrupted
     */
    public PasswordCheck verifyNobody(char[] typed) {
        requireNonNull(typed, "typed");
        PasswordCheck check = verify(List.of(profile.like(nobodysSalt)), typed);
        return check.matches() ? PasswordCheck.noMatch() : check;
    }

    private PasswordCheck verify(List<StoredHash> stored, char[] typed) {
        try {
            if (!enter("Checking a password")) {
                return PasswordCheck.notChecked(BUSY);
            }
            try {
                return verifyForms(stored, typed);
            } finally {
                places.release();
            }
        } finally {
            Arrays.fill(typed, '\0');
        }
    }

    private PasswordCheck verifyForms(List<StoredHash> stored, char[] typed) {
        List<char[]> forms = PasswordForms.candidates(typed);
        PhcString wanted = profile.like(nobodysSalt);
        try {
            for (StoredHash hash : stored) {
                for (int i = 0; i < forms.size(); i++) {
                    if (hash.matches(forms.get(i))) {
                        return PasswordCheck.match(i > 0 || hash.isWeakerThan(wanted));
                    }
                }
            }
            return PasswordCheck.noMatch();
        } finally {
            forms.forEach(form -> Arrays.fill(form, '\0'));
        }
    }

    private static PasswordCheck wiped(char[] typed, PasswordCheck check) {
        Arrays.fill(typed, '\0');
        return check;
    }

    private boolean enter(String attempted) {
        try {
            return places.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(attempted, Outcome.NOT_APPLIED, interrupted);
        }
    }

    private byte[] salt() {
        byte[] salt = new byte[PasswordProfile.saltBytes()];
        environment.random().nextBytes(salt);
        return salt;
    }
}
