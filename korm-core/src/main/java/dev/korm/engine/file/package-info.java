/**
 * Files of items: staging, moving to their names, releasing, and sweeping what nothing names.
 *
 * <p>Begin with {@link dev.korm.engine.file.FileChanges}, whose head tells the protocol. Uses {@code engine.commit},
 * {@code engine.context}, {@code engine.depot}, {@code engine.federation}, {@code engine.filehistory},
 * {@code engine.item}, {@code engine.layer}, {@code engine.softdelete}, {@code model}, {@code model.reference} and
 * {@code model.row}.
 */
@NullMarked
package dev.korm.engine.file;

import org.jspecify.annotations.NullMarked;
