/**
 * A layer and a depot in memory, which say what the others have to answer.
 *
 * <p>Uses no other room of the test kit.
 */
@NullMarked
package dev.korm.testkit.memory;

import org.jspecify.annotations.NullMarked;
