package dev.korm.engine.key;

import dev.korm.DuplicateException;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException;
import dev.korm.crypto.BlindIndex;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.UniqueLocks;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.FingerprintKey;
import dev.korm.spi.schema.IndexSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps sealed values unique while the ring has several keys: among those whose fingerprints were made with other keys, which the
 * index cannot compare. The batch ends with a look for them, behind {@link UniqueLocks} that it shares with every other writer of
 * the same value. So whoever commits second sees what the first has written, whichever key either of them seals with. Nothing is
 * added while the ring has one key.
 */
public final class CrossKeyUniqueness {
    private static final int CHUNK = 500;
    private static final int ATTEMPTS = 10;

    private final OpenLayer layer;
    private final List<ItemChange<?>> steps;

    // Made when the first value is found that is sealed and unique, which most changes have none of.
    private Map<Column, Map<String, ItemChange<?>>> asked = Map.of();
    private Set<String> locks = Set.of();

    /**
     * Looks first whether the keys open what the collections hold, where nobody has yet: with other keys, what is there already would not be found.
     *
     * @param steps encoded
     * @throws dev.korm.SealException when they do not; nothing is written
     */
    public CrossKeyUniqueness(OpenLayer layer, List<ItemChange<?>> steps) {
        this.layer = layer;
        this.steps = steps;
        for (ItemChange<?> step : steps) {
            if (step.writesAny(step.home().model().sealedKeys())) {
                KeyCheck.requireBeforeWriting(layer, step.home().table());
            }
            Map<String, List<String>> fingerprints = step.sealedFingerprints();
            if (!fingerprints.isEmpty()) {
                fingerprints.forEach(
                        (hidden, all) -> index(step, hidden).ifPresent(index -> ask(step, index, hidden, all)));
            }
        }
    }

    private record Column(TableName table, IndexSchema index, String hidden) {}

    private void ask(ItemChange<?> step, IndexSchema index, String hidden, List<String> fingerprints) {
        Column column = new Column(step.home().table(), index, hidden);
        String current = layer.seals().currentKey();
        for (String fingerprint : fingerprints) {
            if (locks.isEmpty()) {
                locks = new TreeSet<>();
                asked = new HashMap<>();
            }
            locks.add(UniqueLocks.of(fingerprint));
            if (!BlindIndex.keyId(fingerprint).equals(current)) {
                asked.computeIfAbsent(column, any -> new HashMap<>()).put(fingerprint, step);
            }
        }
    }

    /** A batch, applied by somebody. */
    public interface Applying {
        BatchResult of(Batch batch);
    }

    /**
     * Has the changes applied with what keeps their values unique.
     *
     * @return what became of the changes themselves
     * @throws DuplicateException as if the index had found the value
     */
    public BatchResult apply(Batch changes, Applying applying) {
        if (asked.isEmpty()) {
            return applying.of(changes);
        }
        if (!holders().allMatch(selection -> layer.evaluates(FederatedSelection.of(selection)))) {
            // Such a store cannot look within its transaction; what is not written at the same moment is found all the
            // same.
            requireFree();
            return applying.of(changes);
        }
        if (asked.keySet().stream().anyMatch(column -> layer.marks().keepsRows(column.table()))) {
            // The look within the batch passes over deleted items, which may keep their values.
            requireFree();
        }
        int count = changes.mutations().size();
        for (int attempt = 1; ; attempt++) {
            List<Mutation> all = new ArrayList<>(changes.mutations());
            all.addAll(layer.uniqueLocks().taking(locks));
            holders().map(Mutation.RequireNone::new).forEach(all::add);
            BatchResult result = applying.of(new Batch(all, changes.marker()));
            if (result instanceof BatchResult.Applied applied) {
                return new BatchResult.Applied(applied.rows().subList(0, count));
            }
            BatchResult.Refused refused = (BatchResult.Refused) result;
            if (refused.mutation() < count || refused.mutation() >= all.size()) {
                return refused;
            }
            if (refused.refusal() instanceof Refusal.Missing) {
                layer.uniqueLocks().forget();
            }
            requireFree();
            if (attempt == ATTEMPTS) {
                throw new StoreBusyException(
                        layer.layer(),
                        steps.get(0).rn()
                                + " was not stored, since others wrote and gave up the same unique value each of "
                                + ATTEMPTS + " times. Try again",
                        StoreException.Outcome.NOT_APPLIED,
                        null);
            }
        }
    }

    /** Returns the selections that find rows holding a value under another key. */
    private Stream<Selection> holders() {
        List<Selection> holders = new ArrayList<>();
        asked.forEach((column, fingerprints) ->
                chunks(fingerprints.keySet()).forEach(some -> holders.add(holders(column, some, List.of()))));
        return holders.stream();
    }

    private static List<List<Object>> chunks(Collection<String> fingerprints) {
        List<Object> all = new ArrayList<>(fingerprints);
        List<List<Object>> chunks = new ArrayList<>();
        for (int from = 0; from < all.size(); from += CHUNK) {
            chunks.add(all.subList(from, Math.min(all.size(), from + CHUNK)));
        }
        return chunks;
    }

    private static Selection holders(Column column, List<Object> fingerprints, List<Output> outputs) {
        Condition some = new Condition.OneOf(hidden(column), fingerprints);
        return new Selection(column.table(), List.of(), outputs, some, List.of(), List.of(), OptionalLong.empty());
    }

    private static Operand hidden(Column column) {
        return new Operand.Column(0, column.hidden(), ColumnKind.FINGERPRINT);
    }

    private static Optional<IndexSchema> index(ItemChange<?> step, String hidden) {
        return step.view().schema().indexes().stream()
                .filter(index -> index.uniqueness() == IndexSchema.Uniqueness.UNIQUE
                        && index.parts().get(0) instanceof Operand.Column column
                        && column.name().equals(hidden))
                .findFirst();
    }

    /** Looks for who is in the way. */
    private void requireFree() {
        asked.forEach((column, fingerprints) -> {
            List<Output> outputs = List.of(new Output.Value(ItemIds.operand()), new Output.Value(hidden(column)));
            for (List<Object> some : chunks(fingerprints.keySet())) {
                try (RowCursor row = layer.allRows().select(holders(column, some, outputs))) {
                    while (row.next()) {
                        refuse(String.valueOf(row.get(0)), column, fingerprints.get(String.valueOf(row.get(1))));
                    }
                }
            }
        });
    }

    private void refuse(String holder, Column column, @Nullable ItemChange<?> step) {
        boolean goes = steps.stream()
                .anyMatch(each -> each.home().table().equals(column.table())
                        && each.rn().id().orElseThrow().equals(holder)
                        && each.frees(column.hidden()));
        if (step == null || goes) {
            return;
        }
        Rn<?> taken = step.home().collection().item(holder);
        List<String> fields =
                FingerprintKey.columns(column.hidden(), step.view().schema());
        throw new DuplicateException(
                step.rn() + " was not stored, since " + taken + " holds the same value of "
                        + String.join(" and ", fields) + ", which must be unique",
                fields,
                Optional.of(taken));
    }
}
