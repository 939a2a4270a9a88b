package dev.korm.kalam.error;

/** A refusal of an INSERT since its primary key is taken. */
public class KalamConflictException extends KalamHttpException {
    private static final long serialVersionUID = 1L;

    /** Makes an error of an answer. */
    public KalamConflictException(String attempt, int status, String code, String serverMessage) {
        super(attempt, status, code, serverMessage, null);
    }
}
