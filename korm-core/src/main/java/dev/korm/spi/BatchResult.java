package dev.korm.spi;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import java.util.List;

/** The result of a batch. */
public sealed interface BatchResult {
    /**
     * All of it is durable.
     *
     * @param rows how many rows each mutation changed
     */
    record Applied(List<Long> rows) implements BatchResult {
        public Applied {
            rows = List.copyOf(requireElements(rows, "rows"));
        }
    }

    /**
     * Nothing of it happened.
     *
     * @param mutation the position of the first mutation that was refused; {@link #MARKER} for the marker, which comes before them
     */
    record Refused(int mutation, Refusal refusal) implements BatchResult {
        public Refused {
            requireNonNull(refusal, "refusal");
        }

        /** The position of the batch's marker. */
        public static final int MARKER = -1;
    }

    /** Returns whether the batch is stored, by this attempt or, as its marker shows, by an earlier one. */
    default boolean isStored() {
        return this instanceof Applied
                || (this instanceof Refused refused && refused.refusal() instanceof Refusal.AlreadyApplied);
    }
}
