package dev.korm.spi;

import java.util.List;

/** What became of a batch. */
public sealed interface BatchResult {
    /**
     * All of it is durable.
     *
     * @param rows how many rows each mutation changed
     */
    record Applied(List<Long> rows) implements BatchResult {
        public Applied {
            rows = List.copyOf(rows);
        }
    }

    /**
     * Nothing of it happened.
     *
     * @param mutation the position of the first mutation that was refused
     */
    record Refused(int mutation, Refusal refusal) implements BatchResult {}
}
