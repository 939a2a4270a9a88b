package dev.korm.engine.layer;

import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Fence;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Refusal;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch that is held to locks: their fences come first, so that a holder who comes late is told so, and not that somebody else has changed the item since. Its results
 * are those of the batch as it was asked for. Used by one thread.
 */
final class FencedBatch {
    private final String layer;
    private final WriteFences guard;
    private final int fences;
    private final Batch batch;

    FencedBatch(String layer, WriteFences guard, Batch asked) {
        this.layer = layer;
        this.guard = guard;
        List<Fence> held = guard.of(layer, asked.mutations());
        this.fences = held.size();
        if (held.isEmpty()) {
            this.batch = asked;
        } else {
            List<Mutation> all = new ArrayList<>(fences + asked.mutations().size());
            held.forEach(fence -> all.add(new Mutation.RequireFence(fence)));
            all.addAll(asked.mutations());
            this.batch = new Batch(all, asked.marker(), asked.token());
        }
    }

    /** Returns the batch with its fences. */
    Batch batch() {
        return batch;
    }

    /**
     * Returns the result as whoever asked for the batch knows it.
     *
     * @throws dev.korm.lock.LockLostException when a fence has refused it
     */
    BatchResult asked(BatchResult result) {
        if (result instanceof BatchResult.Refused refused) {
            if (refused.refusal() instanceof Refusal.Fenced fenced
                    && batch.mutations().get(refused.mutation()) instanceof Mutation.RequireFence required) {
                throw guard.refused(layer, required.fence(), fenced.newest());
            }
            return fences == 0 || refused.mutation() < 0
                    ? refused
                    : new BatchResult.Refused(refused.mutation() - fences, refused.refusal());
        }
        List<Long> rows = ((BatchResult.Applied) result).rows();
        return fences == 0 ? result : new BatchResult.Applied(rows.subList(fences, rows.size()));
    }

    /** Returns what is prepared as whoever asked for the batch knows it; works as {@link #asked}. */
    PreparedBatch asked(PreparedBatch prepared) {
        BatchResult result;
        try {
            result = asked(prepared.result());
        } catch (RuntimeException lost) {
            prepared.close();
            throw lost;
        }
        return new Unfenced(prepared, result);
    }

    /** A prepared batch whose result leaves the fences out. */
    private record Unfenced(PreparedBatch prepared, BatchResult result) implements PreparedBatch {
        @Override
        public void commit() {
            prepared.commit();
        }

        @Override
        public void rollback() {
            prepared.rollback();
        }

        @Override
        public void close() {
            prepared.close();
        }
    }
}
