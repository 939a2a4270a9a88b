package dev.korm.engine;

import dev.korm.DuplicateException;
import dev.korm.Rn;
import dev.korm.spi.ColumnKind;
import dev.korm.spi.Condition;
import dev.korm.spi.FingerprintKey;
import dev.korm.spi.IndexShape;
import dev.korm.spi.Operand;
import dev.korm.spi.Output;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Looks for sealed values that must be unique among those whose fingerprints were made with other keys of the ring, which the
 * index cannot compare. Nothing is asked while the ring has one key. Nobody writes with a key that is not current any more, so
 * what is not found here is found by the index.
 */
final class OtherKeys {
    private static final int CHUNK = 500;

    private final OpenLayer layer;
    private final List<Step<?>> steps;

    OtherKeys(OpenLayer layer, List<Step<?>> steps) {
        this.layer = layer;
        this.steps = steps;
    }

    private record Column(TableName table, IndexShape index, String hidden) {}

    /**
     * Refuses a change of which another item holds the value.
     *
     * @throws DuplicateException as if the index had found it
     */
    void requireFree() {
        Map<Column, Map<String, Step<?>>> asked = new HashMap<>();
        for (Step<?> step : steps) {
            step.otherFingerprints().forEach((hidden, fingerprints) -> index(step, hidden)
                    .ifPresent(index -> fingerprints.forEach(fingerprint -> asked.computeIfAbsent(
                                    new Column(step.home().table(), index, hidden), any -> new HashMap<>())
                            .put(fingerprint, step))));
        }
        asked.forEach(this::requireFree);
    }

    private static Optional<IndexShape> index(Step<?> step, String hidden) {
        return step.view().shape().indexes().stream()
                .filter(index -> index.uniqueness() == IndexShape.Uniqueness.UNIQUE
                        && index.parts().get(0) instanceof Operand.Column column
                        && column.name().equals(hidden))
                .findFirst();
    }

    private void requireFree(Column column, Map<String, Step<?>> asked) {
        List<String> all = List.copyOf(asked.keySet());
        Operand hidden = new Operand.Column(0, column.hidden(), ColumnKind.FINGERPRINT);
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<Object> some = new ArrayList<>(all.subList(from, Math.min(all.size(), from + CHUNK)));
            Selection holders = new Selection(
                    column.table(),
                    List.of(),
                    List.of(new Output.Value(TableView.idOperand()), new Output.Value(hidden)),
                    new Condition.OneOf(hidden, some),
                    List.of(),
                    List.of(),
                    OptionalLong.empty());
            try (RowCursor row = layer.select(holders)) {
                while (row.next()) {
                    refuse(String.valueOf(row.get(0)), column, asked.get(String.valueOf(row.get(1))));
                }
            }
        }
    }

    private void refuse(String holder, Column column, @Nullable Step<?> step) {
        boolean goes = steps.stream()
                .anyMatch(each -> each.home().table().equals(column.table())
                        && each.rn().id().orElseThrow().equals(holder)
                        && each.frees(column.hidden()));
        if (step == null || goes) {
            return;
        }
        Rn<?> taken = step.home().collection().item(holder);
        List<String> fields =
                FingerprintKey.columns(column.hidden(), step.view().shape());
        throw new DuplicateException(
                step.rn() + " was not stored, since " + taken + " holds the same value of "
                        + String.join(" and ", fields) + ", which must be unique",
                fields,
                Optional.of(taken));
    }
}
