/**
 * Backups that a pool makes by itself: the plan, its stored form, the table of schedules, and who runs them.
 *
 * <p>Begin with {@link dev.korm.engine.backup.ScheduleRunner}. Uses {@code engine.context} and
 * {@code engine.layer}.
 */
@NullMarked
package dev.korm.engine.backup;

import org.jspecify.annotations.NullMarked;
