package dev.korm;

import dev.korm.engine.planted.Above;

/** A word of users that knows the engine, for the test that the rules report it. */
interface PlantedWord {
    Above above();
}
