package dev.korm;

/**
 * A question that makes no sense: an operator that the field does not know, a constant of another type, a layer that
 * is not named. Way out: correct the query.
 */
public final class QueryException extends KormException {
    private static final long serialVersionUID = 1L;

    public QueryException(String message) {
        super(message);
    }
}
