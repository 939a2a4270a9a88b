package dev.korm.engine.planted;

import dev.korm.model.planted.ReachesUp;

/** A class of a higher room, which stands in a cycle with the one that uses it. */
public interface Above {
    ReachesUp below();
}
