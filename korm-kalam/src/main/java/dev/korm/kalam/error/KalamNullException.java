package dev.korm.kalam.error;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A null where a call takes none. Nothing was sent. Way out: give a value, or use the form of the call without that argument. */
public class KalamNullException extends KalamException {
    private static final long serialVersionUID = 1L;

    private static final StackWalker STACK = StackWalker.getInstance();

    private final String argument;

    private KalamNullException(String argument, String message) {
        super(message, null);
        this.argument = argument;
    }

    /** Returns the name of the argument. */
    public String argument() {
        return argument;
    }

    /**
     * Returns an argument that is not null.
     *
     * @param name the argument's name, as the method declares it
     */
    public static <T> T requireNonNull(@Nullable T argument, String name) {
        if (argument == null) {
            throw new KalamNullException(
                    name,
                    "The argument '" + name + "' of " + called()
                            + " is null, and nothing was sent; give a value, or use the"
                            + " form of the call that does without");
        }
        return argument;
    }

    /** Checks that neither an array nor an element of it is null, and returns it. */
    public static <T> T[] requireElements(T @Nullable [] arguments, String name) {
        T[] given = requireNonNull(arguments, name);
        for (T each : given) {
            if (each == null) {
                throw holdsNull(name);
            }
        }
        return given;
    }

    /** Checks that neither a collection nor an element of it is null, and returns it. */
    public static <C extends Collection<?>> C requireElements(@Nullable C arguments, String name) {
        C given = requireNonNull(arguments, name);
        for (Object each : given) {
            if (each == null) {
                throw holdsNull(name);
            }
        }
        return given;
    }

    /** Checks that neither a map nor a key of it is null, and returns it; a value may be. */
    public static <M extends Map<?, ?>> M requireKeys(@Nullable M arguments, String name) {
        M given = requireNonNull(arguments, name);
        for (Object each : given.keySet()) {
            if (each == null) {
                throw holdsNull(name);
            }
        }
        return given;
    }

    private static KalamNullException holdsNull(String name) {
        return new KalamNullException(
                name,
                "The argument '" + name + "' of " + called() + " holds null, and nothing was sent; leave it out there");
    }

    /** Returns the name of the method that checks its argument. */
    private static String called() {
        return STACK.walk(
                frames -> frames.filter(frame -> !frame.getClassName().equals(KalamNullException.class.getName()))
                        .findFirst()
                        .map(frame -> frame.getMethodName().equals("<init>")
                                ? "a new " + simple(frame.getClassName())
                                : frame.getMethodName() + "(…)")
                        .orElse("the call"));
    }

    private static String simple(String type) {
        return type.substring(1 + Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')));
    }
}
