/**
 * Where files are kept: {@link dev.korm.depots.LocalDepot} in a folder, S3Depot in a bucket; and what
 * is put around others: MirrorDepot keeps two copies, SealedDepot seals.
 *
 * <p>All pass {@code DepotContract} of korm-testkit.
 */
@NullMarked
package dev.korm.depots;

import org.jspecify.annotations.NullMarked;
