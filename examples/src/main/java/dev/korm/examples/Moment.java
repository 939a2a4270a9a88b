package dev.korm.examples;

/** The moment at which the program that sells a car is killed. */
enum Moment {
    NEVER,
    /** When the change is in the journal, and no database has committed. */
    BEFORE,
    /** When the change is decided, and files are not yet at their names. */
    AFTER
}
