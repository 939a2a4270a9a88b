package dev.korm.gateway.access;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.Rn;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The rule of one table: its collection, the rows of each client, and what may be done with them. Immutable: each call answers a new rule. It must say which rows there are, be
 * it {@link #allRows}, and allows nothing that it does not name.
 */
public final class TableRule {
    private final Rn<?> collection;
    private final String key;
    private final Set<Right> rights;
    private final boolean everyRow;
    private final Map<String, Function<Identity, ?>> fixed;
    private final List<Function<Identity, Filter>> filters;
    private final Set<String> hidden;
    private final Set<String> open;
    private final Set<String> writable;
    private final boolean anyField;

    private TableRule(
            Rn<?> collection,
            String key,
            Set<Right> rights,
            boolean everyRow,
            Map<String, Function<Identity, ?>> fixed,
            List<Function<Identity, Filter>> filters,
            Set<String> hidden,
            Set<String> open,
            Set<String> writable,
            boolean anyField) {
        this.collection = collection;
        this.key = key;
        this.rights = Set.copyOf(rights);
        this.everyRow = everyRow;
        this.fixed = fixed;
        this.filters = List.copyOf(filters);
        this.hidden = Set.copyOf(hidden);
        this.open = Set.copyOf(open);
        this.writable = Set.copyOf(writable);
        this.anyField = anyField;
    }

    /**
     * Returns a rule that allows nothing yet.
     *
     * @param collection the RN of a collection; with its layer where the pool has several
     */
    public static TableRule of(Rn<?> collection) {
        if (requireNonNull(collection, "collection").form() != Rn.Form.COLLECTION) {
            throw new ConfigurationException("A table is a collection, which ends in :*, and not " + collection);
        }
        return new TableRule(
                collection, "id", Set.of(), false, Map.of(), List.of(), Set.of(), Set.of(), Set.of(), false);
    }

    /** Allows clients to do these things. */
    public TableRule allow(Right... more) {
        Set<Right> all = EnumSet.noneOf(Right.class);
        all.addAll(rights);
        all.addAll(List.of(requireElements(more, "more")));
        return new TableRule(collection, key, all, everyRow, fixed, filters, hidden, open, writable, anyField);
    }

    /** Gives every client every row. */
    public TableRule allRows() {
        return new TableRule(collection, key, rights, true, fixed, filters, hidden, open, writable, anyField);
    }

    /**
     * Gives a client the rows whose field has a value that follows from who it is. A row that it adds gets that value where it has none, and is refused where it has another.
     * Adds to what was said before.
     */
    public TableRule rowsWhere(String field, Function<Identity, ?> value) {
        Map<String, Function<Identity, ?>> all = new LinkedHashMap<>(fixed);
        FieldPath path = FieldPath.parse(requireNonNull(field, "field"));
        if (path.steps().size() > 1) {
            throw new ConfigurationException("\"" + field + "\" is a path; give a field, or a filter by rows(…)");
        }
        all.put(field, requireNonNull(value, "value"));
        return new TableRule(collection, key, rights, everyRow, all, filters, hidden, open, writable, anyField);
    }

    /** Gives a client the rows that a filter finds. What it adds or changes must be found by it afterwards. Adds to what was said before. */
    public TableRule rows(Function<Identity, Filter> filter) {
        List<Function<Identity, Filter>> all = new ArrayList<>(filters);
        all.add(requireNonNull(filter, "filter"));
        return new TableRule(collection, key, rights, everyRow, fixed, all, hidden, open, writable, anyField);
    }

    /** Hides fields: clients neither get them, nor name them in a query or a change. */
    public TableRule hide(String... fields) {
        Set<String> all = new HashSet<>(hidden);
        all.addAll(List.of(requireElements(fields, "fields")));
        return new TableRule(collection, key, rights, everyRow, fixed, filters, all, open, writable, anyField);
    }

    /**
     * Opens fields to paths: members of nested data, and, where a field is a reference, everything that the item has which it names. Without this a client names only the fields
     * of the table itself, since what a filter finds tells what other collections hold.
     */
    public TableRule open(String... fields) {
        Set<String> all = new HashSet<>(open);
        all.addAll(List.of(requireElements(fields, "fields")));
        return new TableRule(collection, key, rights, everyRow, fixed, filters, hidden, all, writable, anyField);
    }

    /** Names the fields that clients may set. Adds to what was said before. */
    public TableRule fields(String... names) {
        Set<String> all = new HashSet<>(writable);
        all.addAll(List.of(requireElements(names, "names")));
        return new TableRule(collection, key, rights, everyRow, fixed, filters, hidden, open, all, anyField);
    }

    /** Lets clients set every field, and make new ones by it: each new field of a row is a new column of the table. */
    public TableRule anyFields() {
        return new TableRule(collection, key, rights, everyRow, fixed, filters, hidden, open, writable, true);
    }

    /** Names the member of a row that is the item's id; {@code id} without this. */
    public TableRule key(String name) {
        return new TableRule(
                collection,
                requireNonNull(name, "name"),
                rights,
                everyRow,
                fixed,
                filters,
                hidden,
                open,
                writable,
                anyField);
    }

    void requireComplete(String table) {
        if (!everyRow && fixed.isEmpty() && filters.isEmpty()) {
            throw new ConfigurationException("The rule of the table \"" + table
                    + "\" does not say which rows a client sees; give rowsWhere(…), rows(…) or allRows()");
        }
        if ((rights.contains(Right.ADD) || rights.contains(Right.UPDATE)) && writable.isEmpty() && !anyField) {
            throw new ConfigurationException("The rule of the table \"" + table
                    + "\" does not say which fields a client sets; give fields(…) or anyFields()");
        }
    }

    /** Returns what a client may do with this table. */
    TableAccess access(Identity identity) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<Filter> all = new ArrayList<>();
        fixed.forEach((field, value) -> {
            Object own = requireNonNull(value.apply(identity), "the value of a rule");
            values.put(field, own);
            all.add(Filter.eq(field, own));
        });
        filters.forEach(filter -> all.add(requireNonNull(filter.apply(identity), "the filter of a rule")));
        Rn<Document> rn = Rn.parse(collection.toString());
        return new TableAccess(
                rn,
                Filter.and(all.toArray(Filter[]::new)),
                values,
                rights,
                key,
                hidden,
                open,
                anyField ? Optional.empty() : Optional.of(writable));
    }
}
