package dev.korm.kalam.consumer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.sql.KalamSql;

/** A worker's state at a message, and what it works with. */
public final class WorkerContext {
    private final String name;
    private final MessageContext message;
    private final int attempt;
    private final int maxAttempts;
    private final KalamSql sql;

    WorkerContext(String name, MessageContext message, int attempt, int maxAttempts, KalamSql sql) {
        this.name = name;
        this.message = message;
        this.attempt = attempt;
        this.maxAttempts = maxAttempts;
        this.sql = sql;
    }

    /** Returns the worker's name. */
    public String name() {
        return name;
    }

    /** Returns a key that is the same with each attempt and delivery: {@code name:topic:partition:offset}. Use it to do a thing once. */
    public String runKey() {
        return name + ":" + message.message().messageId();
    }

    /** Returns the attempt, from 1. */
    public int attempt() {
        return attempt;
    }

    /** Returns how many attempts there are; 0 means no limit. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** Returns the client, for SQL. */
    public KalamSql sql() {
        return sql;
    }

    /** Returns the client in the name of another user. */
    public KalamSql asUser(String user) {
        requireNonNull(user, "user");
        return sql.asUser(user);
    }

    /** Acknowledges the message now; otherwise it is when the handler has returned. */
    public void ack() {
        message.ack();
    }

    boolean isAcked() {
        return message.isAcked();
    }
}
