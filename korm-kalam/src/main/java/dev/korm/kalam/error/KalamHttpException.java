package dev.korm.kalam.error;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A refusal by the server. */
public class KalamHttpException extends KalamException {
    private static final long serialVersionUID = 1L;

    private static final Pattern VALUE = Pattern.compile("value '(?:[^']|'')*'");

    private final int status;
    private final String code;
    private final String serverMessage;
    private final @Nullable Duration retryAfter;

    /** Makes an error of an answer; the code is the server's, or the status when it gave none. */
    public KalamHttpException(
            String attempt, int status, String code, String serverMessage, @Nullable Duration retryAfter) {
        super(
                attempt + " was refused with status " + status + ", " + code + ": "
                        + VALUE.matcher(serverMessage).replaceAll("value '***'"),
                null);
        this.status = status;
        this.code = code;
        this.serverMessage = serverMessage;
        this.retryAfter = retryAfter;
    }

    /** Returns the status of HTTP. */
    public int status() {
        return status;
    }

    /** Returns the server's code. It is an open set of words. */
    public String code() {
        return code;
    }

    /** Returns the server's text as it came, which may hold values of rows. */
    public String serverMessage() {
        return serverMessage;
    }

    /** Returns how long the server asks to wait. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** Returns true for a failed COMMIT, of which the server may keep the first writes. */
    @Override
    public boolean mayHaveHappened() {
        return serverMessage.contains("commit transaction") || status >= 500;
    }
}
