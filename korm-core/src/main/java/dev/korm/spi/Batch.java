package dev.korm.spi;

import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Changes that happen together or not at all, in order.
 *
 * @param mutations what changes
 * @param marker the row that the layer inserts into {@link TransactionMarker#TABLE} before all of them; the layer makes the table. A
 *     marker that is there already refuses the batch at {@link BatchResult.Refused#MARKER} with {@link Refusal.AlreadyApplied} or
 *     {@link Refusal.Forbidden}
 * @param token a number that no other batch has, given to layers with {@link Capabilities.Feature#TOKENS}. The layer writes it into
 *     {@link TableName#TOKEN} of every row of an item table that the batch inserts or updates, and adds the column where it is
 *     missing; an update that names the revision itself leaves the token as it is
 */
public record Batch(List<Mutation> mutations, Optional<TransactionMarker> marker, OptionalLong token) {
    public Batch {
        mutations = List.copyOf(mutations);
        if (!mutations.isEmpty() && marker.isPresent() && marker.get().state() == TransactionMarker.State.FORBIDDEN) {
            throw new IllegalArgumentException("A batch that forbids a transaction changes nothing else");
        }
    }

    /** Creates a batch without a token. */
    public Batch(List<Mutation> mutations, Optional<TransactionMarker> marker) {
        this(mutations, marker, OptionalLong.empty());
    }

    /** Returns the same batch with a token. */
    public Batch withToken(long other) {
        return new Batch(mutations, marker, OptionalLong.of(other));
    }

    /** Returns a batch without a marker. */
    public static Batch of(List<Mutation> mutations) {
        return new Batch(mutations, Optional.empty());
    }

    /**
     * Returns the batch that keeps a transaction from ever being applied. When it is applied, no batch with this marker
     * was or will be; it is refused with {@link Refusal.AlreadyApplied} where that is too late.
     */
    public static Batch forbidding(TransactionMarker marker) {
        return new Batch(List.of(), Optional.of(marker.forbidding()));
    }
}
