package dev.korm.file;

import dev.korm.Change;
import dev.korm.Korm;
import dev.korm.Rn;

/**
 * A file of a depot that a transaction stores or deletes by itself, without an item that names it; see {@link PoolFiles#creation}, {@link PoolFiles#storing} and
 * {@link PoolFiles#deletion}. Nothing happens before the transaction is persisted. Not for others to implement.
 *
 * <pre>{@code
 * Korm.tx(car.set(Car::sold, true), pool.files().storing(invoice), pool.files().deletion(offer)).persist();
 * }</pre>
 *
 * @see Korm#tx
 */
public interface FileOperation extends Change<FileRef> {
    /** Returns the file. */
    @Override
    Rn<FileRef> rn();
}
