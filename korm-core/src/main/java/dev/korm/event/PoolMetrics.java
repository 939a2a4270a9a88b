package dev.korm.event;

import dev.korm.ConflictException;

/**
 * The counts of a pool since it was opened. A snapshot: all numbers grow, and each is right by itself.
 *
 * @param journalAppends appends to the journal, each of which is one sync
 * @param journalEntries entries in these
 * @param journalFailures 1 when the journal has failed; see {@link PoolListener#journalFailed}
 * @param storedChanges changes of several layers that are in all of them
 * @param incompleteChanges changes of several layers that were decided and were not in all of them then
 * @param conflicts changes that were refused by a {@link ConflictException}
 * @param recoveries runs of recovery, of which most find nothing
 * @param recoveredChanges changes that recovery finished
 * @param droppedChanges changes that recovery found undecided, which never happen
 * @param quarantinedChanges changes that were quarantined, whether they are settled since or not
 * @param acquiredLocks locks that were acquired
 * @param awaitedLocks those of them that somebody else had at first
 * @param lockTimeouts locks that somebody else had until whoever asked gave up
 * @param lostLocks shared locks that were lost while they were held
 * @param fencedWrites changes that were refused by a {@link dev.korm.lock.LockLostException}
 * @param resealedSecrets sealed values that rotations of keys have sealed anew
 */
public record PoolMetrics(
        long journalAppends,
        long journalEntries,
        long journalFailures,
        long storedChanges,
        long incompleteChanges,
        long conflicts,
        long recoveries,
        long recoveredChanges,
        long droppedChanges,
        long quarantinedChanges,
        long acquiredLocks,
        long awaitedLocks,
        long lockTimeouts,
        long lostLocks,
        long fencedWrites,
        long resealedSecrets) {}
