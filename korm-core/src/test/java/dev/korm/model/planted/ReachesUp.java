package dev.korm.model.planted;

import dev.korm.engine.planted.Above;

/** A class of a lower room that uses one of a higher room, for the test that the rules report it. */
public final class ReachesUp {
    private final Above above;

    public ReachesUp(Above above) {
        this.above = above;
    }

    public Above above() {
        return above;
    }
}
