package dev.korm.gateway.access;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Document;
import dev.korm.Filter;
import dev.korm.Rn;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rights of one client in one table. Made by {@link TableRule}, or by a policy of your own.
 *
 * @param collection where the rows are
 * @param rows the filter that is joined to every query, and that a row must fulfil before a change and after it
 * @param fixed values that a row which is added gets, where it has none
 * @param rights what may be done
 * @param key the member of a row that is the item's id
 * @param hidden fields that do not exist for the client
 * @param open fields that paths may lead into
 * @param fields the fields that the client may set; empty for all, and new ones
 */
public record TableAccess(
        Rn<Document> collection,
        Filter rows,
        Map<String, Object> fixed,
        Set<Right> rights,
        String key,
        Set<String> hidden,
        Set<String> open,
        Optional<Set<String>> fields) {
    public TableAccess {
        requireNonNull(collection, "collection");
        requireNonNull(rows, "rows");
        fixed = Map.copyOf(requireNonNull(fixed, "fixed"));
        rights = Set.copyOf(requireNonNull(rights, "rights"));
        requireNonNull(key, "key");
        hidden = Set.copyOf(requireNonNull(hidden, "hidden"));
        open = Set.copyOf(requireNonNull(open, "open"));
        fields = requireNonNull(fields, "fields").map(Set::copyOf);
    }

    /** Returns whether the client may do something. */
    public boolean may(Right right) {
        return rights.contains(right);
    }
}
