package dev.korm.engine;

/** Whether a column of another kind may be dropped with its values and made anew. */
enum Replacement {
    REFUSED,
    ALLOWED
}
