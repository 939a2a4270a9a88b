/**
 * Things that all rooms of the engine share: the life of a pool, identities of items, work on several layers at once.
 *
 * <p>Uses no other room of the engine.
 */
@NullMarked
package dev.korm.engine.context;

import org.jspecify.annotations.NullMarked;
