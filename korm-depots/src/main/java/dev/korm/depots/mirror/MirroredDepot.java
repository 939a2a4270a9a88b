package dev.korm.depots.mirror;

import dev.korm.Rn;
import dev.korm.file.Progress;
import dev.korm.spi.depot.Depot;
import java.util.List;

/** An open depot that keeps every file twice. */
public interface MirroredDepot extends Depot {
    /**
     * Reads every file of both depots, and stores in each what it lacks or does not have whole. Where both are whole and differ, the
     * first is right. Others may go on using the depot.
     *
     * @param progress is told the number of files that were looked at
     */
    RepairReport repair(Progress progress);

    /**
     * The findings of a repair.
     *
     * @param checked files that were looked at
     * @param mended files that one of the depots did not have whole, and now has
     * @param lost files that neither has whole
     */
    record RepairReport(long checked, List<Rn<?>> mended, List<Rn<?>> lost) {
        public RepairReport {
            mended = List.copyOf(mended);
            lost = List.copyOf(lost);
        }
    }
}
