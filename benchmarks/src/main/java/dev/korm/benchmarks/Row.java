package dev.korm.benchmarks;

/** An item as a program without korm holds it. */
record Row(String id, long revision, Car car) {}
