package dev.korm.argument;

import dev.korm.KormException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A null where a call takes none. Nothing has been done. Way out: give a value, or use the form of the call without that argument.
 *
 * <p>Filters, paths and RNs say it with their own errors, as for anything else that they cannot be made of.
 */
public final class NullArgumentException extends KormException {
    private static final long serialVersionUID = 1L;

    private static final StackWalker STACK = StackWalker.getInstance();

    /** Names of methods that are no longer than this, such as {@code of} and {@code at}, say little by themselves. */
    private static final int VAGUE = 2;

    private final String argument;

    private NullArgumentException(String argument, String what) {
        super(what);
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
            throw isNull(name, "give a value, or use the form of the call that does without");
        }
        return argument;
    }

    /**
     * Returns an argument that is not null.
     *
     * @param wayOut what to do instead, such as "make the field null instead"
     */
    public static <T> T requireNonNull(@Nullable T argument, String name, String wayOut) {
        if (argument == null) {
            throw isNull(name, wayOut);
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

    /** Checks that neither a map nor a key or value of it is null, and returns it. */
    public static <M extends Map<?, ?>> M requireEntries(@Nullable M arguments, String name) {
        M given = requireNonNull(arguments, name);
        for (Map.Entry<?, ?> each : given.entrySet()) {
            if (each.getKey() == null || each.getValue() == null) {
                throw holdsNull(name);
            }
        }
        return given;
    }

    private static NullArgumentException isNull(String name, String wayOut) {
        return new NullArgumentException(
                name, "The argument \"" + name + "\" of " + called() + " is null, and nothing was done; " + wayOut);
    }

    private static NullArgumentException holdsNull(String name) {
        return new NullArgumentException(
                name,
                "The argument \"" + name + "\" of " + called()
                        + " holds null, and nothing was done; leave it out there");
    }

    /** Returns the name of the method that checks its argument. */
    private static String called() {
        return STACK.walk(
                frames -> frames.filter(frame -> !frame.getClassName().equals(NullArgumentException.class.getName()))
                        .findFirst()
                        .map(frame -> called(frame.getClassName(), frame.getMethodName()))
                        .orElse("the call"));
    }

    /** Names a short method, such as {@code of}, with its type; those of the engine's types are called by the names of interfaces. */
    private static String called(String type, String method) {
        if (method.equals("<init>")) {
            return "a new " + simple(type);
        }
        boolean vague = method.length() <= VAGUE && !type.startsWith("dev.korm.engine.");
        return (vague ? simple(type) + "." : "") + method + "(…)";
    }

    private static String simple(String type) {
        return type.substring(1 + Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')));
    }
}
