/**
 * What every pool holds of files beside items: stored, replaced, released, recovered, and kept in the history.
 *
 * <p>Begin with {@link dev.korm.testkit.contract.file.FilesContract}. Uses {@code testkit.contract} and {@code testkit.fault}.
 */
@NullMarked
package dev.korm.testkit.contract.file;

import org.jspecify.annotations.NullMarked;
