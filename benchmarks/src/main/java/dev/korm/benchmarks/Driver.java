package dev.korm.benchmarks;

/** Whom a trip refers to. */
public record Driver(String firstName, String lastName, int born) {}
