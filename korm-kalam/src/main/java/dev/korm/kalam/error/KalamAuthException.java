package dev.korm.kalam.error;

/** A refusal since the credentials are wrong, missing or expired, or do not suffice. */
public class KalamAuthException extends KalamHttpException {
    private static final long serialVersionUID = 1L;

    /** Makes an error of an answer. */
    public KalamAuthException(String attempt, int status, String code, String serverMessage) {
        super(attempt, status, code, serverMessage, null);
    }
}
