/** One class for each task that is measured. Begin with {@link dev.korm.benchmarks.task.PointRead}. */
@NullMarked
package dev.korm.benchmarks.task;

import org.jspecify.annotations.NullMarked;
