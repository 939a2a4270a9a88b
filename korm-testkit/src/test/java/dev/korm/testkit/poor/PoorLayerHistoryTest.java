package dev.korm.testkit.poor;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.change.HistoryContract;

class PoorLayerHistoryTest extends HistoryContract {
    private final LayerSource source = PoorLayer.create();

    @Override
    protected LayerSource source() {
        return source;
    }

    @Override
    protected boolean takesPart() {
        return false;
    }
}
