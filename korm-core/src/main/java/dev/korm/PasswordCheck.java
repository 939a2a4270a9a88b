package dev.korm;

/**
 * The result of checking a password against a hash.
 *
 * @param outcome whether it is the one
 * @param rehashDue whether it is, and the hash is weaker than the profile asks for now: store {@code Password.hash} of what was
 *     typed
 * @param reason why it could not be checked; empty when it was
 */
public record PasswordCheck(Outcome outcome, boolean rehashDue, String reason) {
    /** The outcome of a check. */
    public enum Outcome {
        MATCH,
        NO_MATCH,
        /** Too much was being hashed, or what is stored is no hash; nobody is let in, and nobody has mistyped. */
        NOT_CHECKED
    }

    static PasswordCheck match(boolean rehashDue) {
        return new PasswordCheck(Outcome.MATCH, rehashDue, "");
    }

    static PasswordCheck noMatch() {
        return new PasswordCheck(Outcome.NO_MATCH, false, "");
    }

    static PasswordCheck notChecked(String reason) {
        return new PasswordCheck(Outcome.NOT_CHECKED, false, reason);
    }

    /** Returns whether it is the password, for certain. */
    public boolean matches() {
        return outcome == Outcome.MATCH;
    }
}
