package dev.korm.query;

import dev.korm.FieldPath;
import dev.korm.Normalized;
import dev.korm.QueryException;
import dev.korm.model.Node;
import dev.korm.model.row.Fingerprint;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Equality with fields that are compared by fingerprints: texts that are normalised before, and sealed values, which nobody else
 * can look into. The store is asked for the fingerprints of the constants.
 */
final class BlindIndexRewrite {
    private BlindIndexRewrite() {}

    /** Returns whether the places are columns of texts that are normalised. */
    static boolean isAt(List<PathPosition.Value> places) {
        for (PathPosition.Value place : places) {
            if (isColumn(place)
                    && !place.node().isSearchable()
                    && !place.node().forms().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the places are columns of sealed values that can be searched. */
    static boolean isSealedAt(List<PathPosition.Value> places) {
        for (PathPosition.Value place : places) {
            if (place.node().isSearchable() && !isNested(place)) {
                return true;
            }
        }
        return false;
    }

    /** Nested fields and list entries have no fingerprints, and no column to be in. */
    private static boolean isColumn(PathPosition.Value place) {
        return place.holder() != null && place.path().isRoot();
    }

    private static boolean isNested(PathPosition.Value place) {
        return place.base() instanceof Operand.Element || !place.path().isRoot();
    }

    /**
     * Returns a condition that is true where the text equals one of the constants. A row that another program left
     * without a fingerprint is compared as it stands.
     *
     * @param same the same of the texts as they stand
     */
    static Condition oneOf(List<PathPosition.Value> places, List<Object> constants, Condition same, FieldPath path) {
        List<Operand> hidden = new ArrayList<>();
        Set<Normalized.Form> forms = Set.of();
        for (PathPosition.Value place : places) {
            if (isColumn(place) && place.base() instanceof Operand.Column column) {
                forms = place.node().forms();
                hidden.add(hidden(place, column, FingerprintKey.of(column.name(), forms), path));
            }
        }
        List<Object> fingerprints = new ArrayList<>();
        FingerprintKey key = FingerprintKey.of("", forms);
        for (Object constant : constants) {
            fingerprints.add(Objects.requireNonNull(
                    Fingerprint.of(key, part -> new Fingerprint.Part(constant, ColumnKind.TEXT))));
        }
        Operand operand = firstOf(hidden);
        return new Condition.Or(
                List.of(equal(operand, fingerprints), new Condition.And(List.of(new Condition.IsNull(operand), same))));
    }

    /**
     * Returns a condition that is true where the sealed value equals one of the constants. Fingerprints made with every
     * key of the ring are asked for; those of other collections cannot be among what is found. Where fingerprints are
     * short, what they find is opened as well.
     */
    static Condition sealedOneOf(List<PathPosition.Value> places, List<Object> values, FieldPath path) {
        List<Operand> hidden = new ArrayList<>();
        List<Object> fingerprints = new ArrayList<>();
        List<Condition> opened = new ArrayList<>();
        boolean exact = true;
        for (PathPosition.Value place : places) {
            Node node = place.node();
            List<String> constants = values.stream()
                    .map(value -> (String) node.constant(value, path))
                    .toList();
            if (isColumn(place) && place.base() instanceof Operand.Column column) {
                FingerprintKey key = node.searchKey(column.name());
                Operand fingerprint = hidden(place, column, key, path);
                TableName table = Objects.requireNonNull(place.holder()).table();
                hidden.add(fingerprint);
                constants.forEach(constant -> fingerprints.addAll(place.tables().fingerprints(table, key, constant)));
                exact &= key.isExact();
                opened.add(new Condition.And(List.of(
                        new Condition.Not(new Condition.IsNull(fingerprint)),
                        new Condition.SealedMatch(
                                column,
                                new Operand.Column(column.source(), table.key(), ColumnKind.ID),
                                place.tables().opening(table, key, constants)))));
            }
        }
        if (hidden.isEmpty()) {
            return equal(new Operand.Absent(ColumnKind.FINGERPRINT), List.of(""));
        }
        Operand fingerprint = firstOf(hidden);
        Condition equal = equal(fingerprint, fingerprints);
        if (exact) {
            return equal;
        }
        // Of several kinds of items at most one is there, and unknown is only what none of them is.
        opened.add(new Condition.And(List.of(
                new Condition.IsNull(fingerprint), equal(new Operand.Absent(ColumnKind.FINGERPRINT), List.of("")))));
        return new Condition.And(List.of(equal, new Condition.Or(opened)));
    }

    private static Operand firstOf(List<Operand> operands) {
        return operands.size() == 1 ? operands.get(0) : new Operand.Coalesce(operands);
    }

    private static Condition equal(Operand operand, List<Object> fingerprints) {
        return fingerprints.size() == 1
                ? new Condition.Compare(operand, Condition.Comparison.EQUAL, fingerprints.get(0))
                : new Condition.OneOf(operand, fingerprints);
    }

    /** Returns the hidden column; its index is made when every row has its fingerprint. */
    private static Operand hidden(PathPosition.Value place, Operand.Column column, FingerprintKey key, FieldPath path) {
        TableSchema schema = Objects.requireNonNull(place.holder());
        String name = key.hidden().name();
        boolean ready = schema.indexes().stream()
                .flatMap(index -> index.parts().stream())
                .anyMatch(part ->
                        part instanceof Operand.Column indexed && indexed.name().equals(name));
        if (!ready) {
            throw new QueryException("The field " + path
                    + " is searched by fingerprints of its values, and not every item of "
                    + schema.table() + " in the layer \"" + place.tables().layer()
                    + "\" has one yet, because the field became @Normalized or @Searchable. Call prepare() on the collection"
                    + " once, then repeat the query");
        }
        return new Operand.Column(column.source(), name, ColumnKind.FINGERPRINT);
    }
}
