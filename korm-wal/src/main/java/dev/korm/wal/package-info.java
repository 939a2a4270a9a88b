/**
 * The journal in files, or in a depot. Begin with {@link dev.korm.wal.Wal}.
 *
 * <p><b>In a folder</b>
 *
 * <pre>
 * PLACE/                       any number of runs, of any number of processes and pools
 *   9f86d081884c7d65/          a run; its name is the run's id
 *     run.lock                 locked while the run lives, and then by who settles what it left
 *     00000001.wal             segments, numbered without a gap
 *     00000002.wal
 *   2c26b46b68ffc68f.retired/  litter: a run whose log nobody needs, in the middle of being deleted
 * </pre>
 *
 * <p><b>A segment</b> is made whole, of zeros behind its header, so that later writes change neither its size nor its blocks and a sync of its
 * bytes is enough. Numbers are big-endian.
 *
 * <pre>
 * header   "korm-wal" | version int = 1 | length int | epoch long | segment long | end of the previous segment long | length of the segment long
 *          | run, 16 characters | length of the pool's id int | pool's id, UTF-8 | CRC-32C of all that int
 * frame    "korm" int | CRC-32C of place and length int | length of the records long | records | zeros up to a multiple of 8
 * record   CRC-32C of place and all that follows int | kind byte (1 prepared, 2 done, 3 quarantined, 4 over) | length of the change's id byte
 *          | 0 short | length of the body int | change's id | body
 * place    run long | segment long | offset long: never written, and part of each checksum
 * </pre>
 *
 * <p>The first frame begins at the first multiple of 8 behind the header. The lock file holds a header of segment 0.
 *
 * <p><b>What holds.</b> One write and one sync for each frame, which holds what all threads that waited want to append; the next is
 * written when this one is durable. So bytes that are no frame are the torn end of the log when nothing follows, and are damage when a
 * frame follows anywhere, or when they are not at the end that the next segment's header names. Damage is told and never passed over.
 * Segments are deleted from the first on, one at a time, when nothing unfinished is in them; if one unfinished change would keep many, its
 * entry is appended again first. A run that takes the logs of others has a higher epoch than they; the entry of the higher epoch
 * holds. A run's folder is renamed before it is deleted, and that is synced, so its log is there whole or not at all.
 *
 * <p><b>In a depot</b> a group of appends is an object, and each object is stored only when there is none of its name.
 *
 * <pre>
 * [rn][depot::DEPOT]:__korm_wal__:NAMESPACE:POOL:
 *   runs:9f86d081884c7d65:lease           renewed while the run lives
 *   runs:9f86d081884c7d65:000000000001    objects of its log, numbered without a gap
 *   kept:9f86d081884c7d65:000000000001    objects that nobody needs any more, where they are kept
 *
 * object   header | records
 * header   "korm-log" | version int = 1 | kind int (1 entries, 2 closed, 3 taken, 4 released, 5 forgotten) | epoch long | number long
 *          | number of the first object that is no entries long | run is surely over int (0, 1) | run, 16 characters
 *          | run that wrote it, 16 characters | length of the records long | length of the pool's id int | pool's id, UTF-8
 *          | CRC-32C of all that int
 * record   as above; its place is run, number and offset
 * </pre>
 *
 * <p>So the next number is the lock of a log. A run appends by it; who takes the log of a run that seems to be over seals it by the same number, and one of
 * the two comes first. A run that was only stopped finds its log sealed and appends nothing more. Whoever holds a log passes it on, or forgets it, by the number
 * behind his claim, so that a recovery which was stopped forgets nothing that another has taken. A log that a run holds is taken after that run's own. Of
 * a log that is forgotten the entries go first, from the first on, then the lease, then the claims; those of a run that did not close itself stay for a
 * day. The namespace and the pool's id are written as in a URL. The original's {@code pending}, {@code done} and {@code payloads} may lie beside these.
 *
 * <p>The bytes are made in {@code dev.korm.wal.format}; what a folder and a depot share is in {@code dev.korm.wal.run}. Uses {@code dev.korm.spi.journal}, {@code dev.korm.spi.depot} and {@code dev.korm.concurrent}.
 */
@NullMarked
package dev.korm.wal;

import org.jspecify.annotations.NullMarked;
