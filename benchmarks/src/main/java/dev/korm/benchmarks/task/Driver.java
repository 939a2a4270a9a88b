package dev.korm.benchmarks.task;

/** A driver, to whom a trip refers. */
public record Driver(String firstName, String lastName, int born) {}
