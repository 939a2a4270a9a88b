/**
 * The bytes of files at each of their versions, kept beside the files under hidden names; which bytes those are is told by the history of
 * the layer that decides about the change.
 *
 * <p>Begin with {@link dev.korm.engine.filehistory.FileHistory}, whose head tells what holds. Uses {@code engine.context},
 * {@code engine.depot}, {@code engine.item}, {@code engine.layer} and {@code engine.version}.
 */
@NullMarked
package dev.korm.engine.filehistory;

import org.jspecify.annotations.NullMarked;
