package dev.korm.gateway.query;

import dev.korm.FieldPath;
import dev.korm.gateway.wire.RefusedException;
import java.util.Set;

/**
 * The fields of a table that a client may name.
 *
 * <p>A path of several steps may lead through a reference to items of other collections, and what a filter finds tells what is there. So such paths are refused but for fields that
 * the policy opens.
 *
 * @param key the name under which clients know an item's id
 * @param hidden fields that do not exist for clients
 * @param open fields that paths may lead into
 */
public record FieldNames(String key, Set<String> hidden, Set<String> open) {
    /** The id in korm's paths. */
    static final FieldPath ID = FieldPath.parse("rnId");

    public FieldNames {
        hidden = Set.copyOf(hidden);
        open = Set.copyOf(open);
    }

    /** Returns the path of a name. */
    FieldPath path(String name) {
        if (name.equals(key)) {
            return ID;
        }
        FieldPath path = FieldPath.parse(name);
        String first = first(path, name);
        if (hidden.contains(first)) {
            throw RefusedException.bad("There is no field \"" + FilterType.shown(name) + "\"");
        }
        if (path.steps().size() > 1) {
            requireOpen(first);
        }
        return path;
    }

    /** Returns the path of a name that is a single field, and no list's entries. */
    public FieldPath single(String name) {
        FieldPath path = path(name);
        if (path.isMany()) {
            throw RefusedException.bad(
                    "\"" + FilterType.shown(name) + "\" leads to several values; one is needed here");
        }
        return path;
    }

    /** Returns the path of a name whose inside may be asked about. */
    FieldPath inside(String name) {
        FieldPath path = single(name);
        requireOpen(first(path, name));
        return path;
    }

    private void requireOpen(String first) {
        if (!open.contains(first)) {
            throw RefusedException.forbidden(
                    "Paths into the field \"" + FilterType.shown(first) + "\" are not opened by the policy");
        }
    }

    private static String first(FieldPath path, String name) {
        if (path.steps().get(0) instanceof FieldPath.Field field) {
            return field.name();
        }
        throw RefusedException.bad("\"" + FilterType.shown(name) + "\" does not begin with a field");
    }
}
