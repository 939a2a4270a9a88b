package dev.korm.testkit.kalam.data;

/**
 * Traps of the real server that its data hold.
 *
 * @param capsRows whether a SELECT ends without notice, after 50 rows, or with LIMIT after more
 * @param maxRows the longest answer to a SELECT with LIMIT, where answers end
 * @param losesOrder whether ORDER BY with LIMIT comes back in the order of the primary key
 * @param bringsDeletedBack whether a flush brings deleted rows back
 * @param keepsHalfCommits whether the first writes of a COMMIT that fails stay
 */
public record Behaviour(
        boolean capsRows, int maxRows, boolean losesOrder, boolean bringsDeletedBack, boolean keepsHalfCommits) {}
