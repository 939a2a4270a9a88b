package dev.korm.query;

import dev.korm.FieldPath;
import dev.korm.Normalized;
import dev.korm.QueryException;
import dev.korm.model.Fingerprint;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.Condition;
import dev.korm.spi.Operand;
import dev.korm.spi.TableShape;
import dev.korm.spi.FingerprintKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Equality with a field whose texts are normalised before they are compared. The store holds a fingerprint of each normalised
 * text and is asked for that. A row that another program left without one is compared as it stands.
 */
final class Normal {
    private final String layer;

    Normal(String layer) {
        this.layer = layer;
    }

    /** Whether the places are columns of such a field. */
    static boolean isAt(List<Place.Value> places) {
        return places.stream().anyMatch(place -> !forms(place).isEmpty());
    }

    /** Nested fields and list entries have no fingerprints, and no column to be in. */
    private static Set<Normalized.Form> forms(Place.Value place) {
        return place.holder() != null && place.path().isRoot() ? place.node().forms() : Set.of();
    }

    /**
     * True where the text equals one of the constants.
     *
     * @param same the same of the texts as they stand
     */
    Condition oneOf(List<Place.Value> places, List<Object> constants, Condition same, FieldPath path) {
        List<Operand> hidden = new ArrayList<>();
        Set<Normalized.Form> forms = Set.of();
        for (Place.Value place : places) {
            if (place.base() instanceof Operand.Column column) {
                forms = forms(place);
                hidden.add(fingerprints(place, column, forms, path));
            }
        }
        if (hidden.isEmpty()) {
            return same;
        }
        List<Object> fingerprints = new ArrayList<>();
        FingerprintKey key = FingerprintKey.of("", forms);
        for (Object constant : constants) {
            String fingerprint = Fingerprint.of(key, column -> new Fingerprint.Part(constant, ColumnKind.TEXT));
            if (fingerprint != null) {
                fingerprints.add(fingerprint);
            }
        }
        Operand operand = hidden.size() == 1 ? hidden.get(0) : new Operand.FirstOf(hidden);
        Condition equal = fingerprints.size() == 1
                ? new Condition.Compare(operand, Condition.Comparison.EQUAL, fingerprints.get(0))
                : new Condition.OneOf(operand, fingerprints);
        return new Condition.Any(List.of(equal, new Condition.All(List.of(new Condition.IsNull(operand), same))));
    }

    private Operand fingerprints(Place.Value place, Operand.Column column, Set<Normalized.Form> forms, FieldPath path) {
        TableShape shape = Objects.requireNonNull(place.holder());
        String name = FingerprintKey.of(column.name(), forms).hidden().name();
        boolean ready = shape.indexes().stream()
                .flatMap(index -> index.parts().stream())
                .anyMatch(part ->
                        part instanceof Operand.Column indexed && indexed.name().equals(name));
        if (!ready) {
            throw new QueryException(
                    "The field " + path + " is compared with differences left out, and " + shape.table()
                            + " in the layer \"" + layer
                            + "\" has not been prepared for that since the field is @Normalized so."
                            + " Call prepare(…) of its items once, or write one of them");
        }
        return new Operand.Column(column.source(), name, ColumnKind.FINGERPRINT);
    }
}
