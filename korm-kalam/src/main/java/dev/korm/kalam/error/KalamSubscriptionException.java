package dev.korm.kalam.error;

/** The end of a subscription, or its refusal. */
public class KalamSubscriptionException extends KalamException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /** Makes an error. */
    public KalamSubscriptionException(String code, String message) {
        super(message, null);
        this.code = code;
    }

    /** Returns the server's code, or the client's own. */
    public String code() {
        return code;
    }
}
