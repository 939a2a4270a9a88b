/**
 * References between items: walking and rewriting them, finding those that dangle, and what a deletion does to those who refer.
 *
 * <p>Uses {@code engine.read}, {@code engine.file} and {@code engine.key}.
 */
@NullMarked
package dev.korm.engine.reference;

import org.jspecify.annotations.NullMarked;
