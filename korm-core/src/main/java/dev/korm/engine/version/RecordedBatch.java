package dev.korm.engine.version;

import dev.korm.spi.BatchResult;
import dev.korm.spi.Mutation;
import dev.korm.spi.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The mutations of a batch with the versions that they make.
 *
 * @param mutations those that were asked for, perhaps several in the place of one, and behind them the versions
 * @param positions for each of the former, the position of the one that was asked for
 * @param asked the mutations that were asked for
 * @param pinned the positions of those that are held to a revision that nobody asked for
 */
record RecordedBatch(List<Mutation> mutations, List<Integer> positions, List<Mutation> asked, Set<Integer> pinned) {
    /** Returns whether a batch was refused only since somebody has changed a row after it was read. */
    boolean isOvertaken(BatchResult result) {
        if (!(result instanceof BatchResult.Refused refused) || refused.mutation() == BatchResult.Refused.MARKER) {
            return false;
        }
        boolean version = refused.mutation() >= positions.size();
        boolean moved = refused.refusal() instanceof Refusal.Stale || refused.refusal() instanceof Refusal.Missing;
        return version || (pinned.contains(refused.mutation()) && moved);
    }

    /** Returns whether each mutation that was asked for is one still, as where none is of selected rows. */
    private boolean isOneForOne() {
        for (int i = 0; i < positions.size(); i++) {
            if (positions.get(i) != i) {
                return false;
            }
        }
        return positions.size() == asked.size();
    }

    /** Returns the result as that of the mutations that were asked for. */
    BatchResult result(BatchResult result) {
        if (result instanceof BatchResult.Refused refused) {
            return refused.mutation() < 0 || refused.mutation() >= positions.size()
                    ? refused
                    : new BatchResult.Refused(positions.get(refused.mutation()), refused.refusal());
        }
        if (isOneForOne()) {
            return new BatchResult.Applied(((BatchResult.Applied) result).rows().subList(0, asked.size()));
        }
        List<Long> rows = new ArrayList<>();
        asked.forEach(any -> rows.add(0L));
        List<Long> all = ((BatchResult.Applied) result).rows();
        for (int i = 0; i < positions.size(); i++) {
            rows.set(positions.get(i), rows.get(positions.get(i)) + all.get(i));
        }
        return new BatchResult.Applied(rows);
    }
}
