package dev.korm.benchmarks;

import dev.korm.Rn;

/** What refers to a driver. */
public record Trip(String destination, Rn<Driver> driver) {}
