/**
 * The command {@code korm}: one class for each thing that it can do. What a command finds or makes goes to standard
 * output, everything else it says to standard error, so that it can stand in a pipe.
 *
 * <p>Begin with {@link dev.korm.cli.KormCommand}, which puts them together. Uses what any program may.
 */
@NullMarked
package dev.korm.cli;

import org.jspecify.annotations.NullMarked;
