package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.secret.RotationContract;

class PoorLayerRotationTest extends RotationContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }

    @Override
    protected boolean looksWithinTransactions() {
        return false;
    }

    /** It reads all rows for each few that are asked for. */
    @Override
    protected int many() {
        return 10_000;
    }
}
