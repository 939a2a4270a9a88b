package dev.korm.gateway.wire;

import dev.korm.KormException;

/** A request of a client that is not answered. Its code and message go to the client; neither holds data. */
public final class RefusedException extends KormException {
    private static final long serialVersionUID = 1L;

    private final String code;

    /**
     * @param code a word of the protocol, for programs
     * @param message why, for people
     */
    public RefusedException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Returns a refusal of a request that cannot be understood. */
    public static RefusedException bad(String message) {
        return new RefusedException("bad_request", message);
    }

    /** Returns a refusal of a request that is understood, and that the gateway cannot answer. */
    public static RefusedException unsupported(String message) {
        return new RefusedException("unsupported", message);
    }

    /** Returns a refusal of what the policy does not allow. */
    public static RefusedException forbidden(String message) {
        return new RefusedException("forbidden", message);
    }

    /** Returns the code, for programs. */
    public String code() {
        return code;
    }
}
