package dev.korm.benchmarks.rival;

/** An item as a program without korm holds it. */
public record Row(String id, long revision, Car car) {}
