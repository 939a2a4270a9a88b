package dev.korm.testkit;

import dev.korm.spi.LayerSource;

class PoorLayerRotationTest extends RotationContract {
    @Override
    protected LayerSource source() {
        return PoorLayer.create();
    }

    /** It reads all rows for each few that are asked for. */
    @Override
    protected int many() {
        return 10_000;
    }
}
