/**
 * The command {@code korm}: one class for each thing that it can do, put together by {@link dev.korm.cli.KormCommand}. What a command
 * finds or makes goes to standard output, everything else it says to standard error, so that it can stand in a pipe.
 */
@NullMarked
package dev.korm.cli;

import org.jspecify.annotations.NullMarked;
