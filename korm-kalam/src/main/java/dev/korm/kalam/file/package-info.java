/**
 * Files beside rows. Begin with {@link dev.korm.kalam.file.FileRef}.
 */
@NullMarked
package dev.korm.kalam.file;

import org.jspecify.annotations.NullMarked;
