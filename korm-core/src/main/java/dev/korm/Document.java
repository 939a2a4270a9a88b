package dev.korm;

/** Data without a record. */
public final class Document {}
