package dev.korm.live;

/** A position as it was stored. */
record StoredPosition(String text) implements LivePosition {}
