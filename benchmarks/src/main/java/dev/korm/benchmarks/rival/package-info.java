/** The stores that are measured, what they hold, and a task done by korm and by hand. */
@NullMarked
package dev.korm.benchmarks.rival;

import org.jspecify.annotations.NullMarked;
