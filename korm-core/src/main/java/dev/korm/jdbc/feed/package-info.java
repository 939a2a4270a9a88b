/**
 * Changes of rows as databases note them: triggers that write a note in the transaction of the change, and feeds that read the notes.
 *
 * <p>Begin with {@link dev.korm.jdbc.feed.ChangeNotes} and {@link dev.korm.jdbc.feed.NotedChanges}. Uses {@code jdbc.session} and {@code live}.
 */
@NullMarked
package dev.korm.jdbc.feed;

import org.jspecify.annotations.NullMarked;
