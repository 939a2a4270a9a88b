/**
 * What a run of the journal does wherever it is stored: appends in groups, takes over the logs of runs that ended, and says what failed.
 *
 * <p>Begin with {@link dev.korm.wal.run.AppendQueue}. Uses {@code wal.format}.
 */
@NullMarked
package dev.korm.wal.run;

import org.jspecify.annotations.NullMarked;
