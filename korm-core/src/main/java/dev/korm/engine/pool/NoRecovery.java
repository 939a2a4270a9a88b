package dev.korm.engine.pool;

import dev.korm.recovery.JournalException;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.Recovery;
import dev.korm.recovery.RecoveryReport;
import dev.korm.recovery.Resolution;
import java.util.List;

/** Recovery of a pool without a journal: there is nothing to recover. */
final class NoRecovery implements Recovery {
    private static final RecoveryReport NOTHING = new RecoveryReport(0, 0, 0, 0, 0);

    @Override
    public RecoveryReport atOpening() {
        return NOTHING;
    }

    @Override
    public List<QuarantinedChange> quarantined() {
        return List.of();
    }

    @Override
    public RecoveryReport retry() {
        return NOTHING;
    }

    @Override
    public void resolve(String change, Resolution resolution) {
        throw new JournalException("There is no quarantined change \"" + change + "\": the pool has no journal", null);
    }
}
