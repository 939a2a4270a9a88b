package dev.korm;

/**
 * A stored constant of an enum, or a subtype of a sealed interface, that the program does not have: it was removed, renamed, or comes from a newer program. The item
 * arrives all the same, also within the answer of a query, and its {@code data()} throws this. Way out: declare the stored name by {@link Name} on what took its
 * place, replace the field by {@code set}, or several such fields by {@code apply}; or read and correct the item as a {@link Document}.
 */
public final class UnknownNameException extends ValueException {
    private static final long serialVersionUID = 1L;

    public UnknownNameException(String message) {
        super(message);
    }
}
