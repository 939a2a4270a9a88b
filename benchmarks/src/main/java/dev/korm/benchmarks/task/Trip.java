package dev.korm.benchmarks.task;

import dev.korm.Rn;

/** A trip, which refers to a driver. */
public record Trip(String destination, Rn<Driver> driver) {}
