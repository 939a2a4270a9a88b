package dev.korm.codec.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value that does not fit where it is to go. Thrown where that is seen, told the way to the value by every container it
 * passes, and turned into one of korm's exceptions where item and record are known. It has no stack trace, and its text never
 * holds data.
 */
public final class TypeMismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A longer way is cut: it comes from data nested out of all reason. */
    private static final int MOST_STEPS = 12;

    private final transient List<String> way = new ArrayList<>();
    private final Fault fault;

    /** The part that has to be changed for the value to fit. */
    public enum Fault {
        VALUE,
        SCHEMA,
        /** A stored name of a constant or subtype that the program does not have: the row is fine, and the program older or newer than it. */
        UNKNOWN_NAME
    }

    public TypeMismatch(String reason) {
        this(Fault.VALUE, reason, null);
    }

    public TypeMismatch(String reason, @Nullable Throwable cause) {
        this(Fault.VALUE, reason, cause);
    }

    public TypeMismatch(Fault fault, String reason, @Nullable Throwable cause) {
        super(reason, cause, false, false);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    /** Returns the mismatch seen from the record or document whose field the value is in. */
    public TypeMismatch inField(String name) {
        way.add(isPlain(name) ? "." + name : "[\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]");
        return this;
    }

    /** Returns the mismatch seen from the map that the value is in; its keys are data. */
    public TypeMismatch inMap() {
        way.add(".*");
        return this;
    }

    /** Returns the mismatch seen from the list that the value is in. */
    public TypeMismatch inEntry(int index) {
        way.add("[" + index + "]");
        return this;
    }

    /** Returns the way to the value, as paths are written; empty when it is the value at hand. */
    public String way() {
        StringBuilder text = new StringBuilder();
        int last = Math.max(0, way.size() - MOST_STEPS);
        for (int i = way.size() - 1; i >= last; i--) {
            text.append(way.get(i));
        }
        if (last > 0) {
            text.append('…');
        }
        return text.length() > 0 && text.charAt(0) == '.' ? text.substring(1) : text.toString();
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c == 0x7f || ".[]\"*\\".indexOf(c) >= 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
