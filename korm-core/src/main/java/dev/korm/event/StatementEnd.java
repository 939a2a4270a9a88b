package dev.korm.event;

/**
 * The one who is told of the end of a statement whose beginning was told by {@link PoolListener#statementBegins}. It is called once, by the thread that ends the statement, which for rows that are read one by one may be
 * another one than has sent it; and like {@link PoolListener#statement} in the middle of the work, so it must not call the pool.
 */
@FunctionalInterface
public interface StatementEnd {
    /** Nobody, where the end is of no interest. */
    StatementEnd NOBODY = statement -> {};

    /** Tells that the statement has ended. */
    void ended(SentStatement statement);
}
