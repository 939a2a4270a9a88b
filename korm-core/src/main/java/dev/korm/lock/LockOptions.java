package dev.korm.lock;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import java.time.Duration;
import java.util.Optional;

/**
 * The way in which a pool shares its locks with other programs.
 *
 * <pre>{@code
 * Korm.pool().layer("main", …).withLocks("main", LockOptions.defaults().withLease(Duration.ofSeconds(15)))
 * }</pre>
 *
 * @param lease how long others wait for the lock of a program that died, and how long a program may be stopped before it loses its locks; 60 s
 * @param renewal how often a lease is begun anew; a third of the lease
 * @param retry how long the first pause is before a lock that another program has is asked for again; pauses grow to ten times of it; 50 ms
 * @param owner who others are told has a lock; empty: the pool's id, some random digits and the process's number
 */
public record LockOptions(Duration lease, Duration renewal, Duration retry, Optional<String> owner) {
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);
    private static final Duration LONGEST_LEASE = Duration.ofDays(1);
    private static final int LONGEST_OWNER = 200;
    private static final LockOptions DEFAULTS =
            new LockOptions(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofMillis(50), Optional.empty());

    public LockOptions {
        requireNonNull(lease, "lease");
        requireNonNull(renewal, "renewal");
        requireNonNull(retry, "retry");
        requireNonNull(owner, "owner");
        if (lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
            throw new ConfigurationException(
                    "The lease of locks, " + lease + ", must be from " + SHORTEST_LEASE + " to " + LONGEST_LEASE);
        }
        if (renewal.isZero() || renewal.isNegative() || renewal.multipliedBy(2).compareTo(lease) > 0) {
            throw new ConfigurationException("Locks must be renewed after at most half of their lease, so " + renewal
                    + " does not go with a lease of " + lease);
        }
        if (retry.isZero() || retry.isNegative() || retry.compareTo(lease) > 0) {
            throw new ConfigurationException(
                    "The first pause before a lock is asked for again, " + retry + ", must be from 1 ns to the lease");
        }
        owner.ifPresent(LockOptions::requireOwner);
    }

    private static void requireOwner(String owner) {
        boolean forbidden = owner.codePoints()
                .anyMatch(character -> character == 0 || Character.getType(character) == Character.SURROGATE);
        if (owner.isEmpty() || owner.length() > LONGEST_OWNER || forbidden) {
            throw new ConfigurationException("The owner of locks has 1 to " + LONGEST_OWNER
                    + " characters, without U+0000 and halves of surrogate pairs");
        }
    }

    /** Returns what holds unless something else is said. */
    public static LockOptions defaults() {
        return DEFAULTS;
    }

    /** Returns the same with another lease, renewed after a third of it. */
    public LockOptions withLease(Duration other) {
        requireNonNull(other, "other");
        Duration third = other.dividedBy(3);
        return new LockOptions(other, third, retry.compareTo(third) < 0 || third.isZero() ? retry : third, owner);
    }

    /** Returns the same with another time between renewals. */
    public LockOptions withRenewal(Duration other) {
        requireNonNull(other, "other");
        return new LockOptions(lease, other, retry, owner);
    }

    /** Returns the same with another first pause. */
    public LockOptions withRetry(Duration other) {
        requireNonNull(other, "other");
        return new LockOptions(lease, renewal, other, owner);
    }

    /** Returns the same with another owner, such as the host's name. Two programs may give the same and still exclude each other. */
    public LockOptions withOwner(String other) {
        requireNonNull(other, "other");
        return new LockOptions(lease, renewal, retry, Optional.of(other));
    }
}
