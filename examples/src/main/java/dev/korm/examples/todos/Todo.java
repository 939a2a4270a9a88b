package dev.korm.examples.todos;

import java.time.Instant;

/**
 * A thing to do.
 *
 * @param id its number, which the server gives, in the order in which they were made
 * @param title what is to be done
 * @param completed whether it is done
 * @param createdAt when it was made
 */
public record Todo(long id, String title, boolean completed, Instant createdAt) {}
