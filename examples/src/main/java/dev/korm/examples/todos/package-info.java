/**
 * A list of things to do that lives in KalamDB and is the same in every window: begin with {@link dev.korm.examples.todos.TodoConsole}, which is run after
 * {@link dev.korm.examples.todos.Setup}. {@link dev.korm.examples.todos.TodoList} is the program without a screen.
 *
 * <p>The server has the truth. A window writes to the server alone; its list, and the file in which it keeps a copy for the next start, change by what the server
 * tells. While the server is away the list is shown as it was, and nothing can be changed.
 */
@NullMarked
package dev.korm.examples.todos;

import org.jspecify.annotations.NullMarked;
