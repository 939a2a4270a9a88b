package dev.korm.testkit.kalam.data;

import org.jspecify.annotations.Nullable;

/** A refusal of a request, as the answer tells it. */
public final class SqlFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    public SqlFailure(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    public static SqlFailure invalid(String message) {
        return new SqlFailure(400, "INVALID_SQL", message);
    }

    static SqlFailure execution(@Nullable String message) {
        return new SqlFailure(400, "SQL_EXECUTION_ERROR", String.valueOf(message));
    }

    static SqlFailure denied(String message) {
        return new SqlFailure(403, "PERMISSION_DENIED", message);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    /** Returns the failure of one statement among others. */
    SqlFailure ofStatement(int number) {
        return code.equals("SQL_EXECUTION_ERROR")
                ? execution("Statement " + number + " failed: " + getMessage())
                : this;
    }
}
