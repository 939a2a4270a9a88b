package dev.korm.engine.live;

/**
 * An item in the answer of a live query.
 *
 * @param version differs whenever the item does, or what is resolved along with it
 */
record Entry(String id, long version) {}
