package dev.korm.jdbc.postgres.log;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A place in PostgreSQL's log, as a position of a feed has it: {@code 00000000016B3748}, or, of a moment, {@code 00000000016B3748;00000000016B3800;740:743:741}.
 *
 * <p><b>Of a moment.</b> A transaction is visible a little after its commit was written to the log, with synchronous replication much later. So a moment is no place in the log: it is the set of transactions that its
 * snapshot sees, a place before the commits of all others, and one behind the commits of those. In between the feed tells of the transactions that the snapshot does not see.
 *
 * @param from the place before everything that is to be told
 * @param until the place from which everything is to be told
 * @param seen the transactions that are not to be told before {@code until}; null where all are
 */
public record LogPlace(long from, long until, @Nullable Moment seen) {
    private static final int DIGITS = 16;

    /** Returns the place behind everything that ends there. */
    public static LogPlace at(long place) {
        return new LogPlace(place, place, null);
    }

    /** Returns the place when what ends there was told. */
    public LogPlace behind(long end) {
        if (Long.compareUnsigned(end, from) <= 0) {
            return this;
        }
        return seen == null || Long.compareUnsigned(end, until) >= 0 ? at(end) : new LogPlace(end, until, seen);
    }

    /** Returns whether a transaction was told, or read, before. */
    public boolean has(long transaction, long commit) {
        return Long.compareUnsigned(commit, from) < 0
                || (seen != null && Long.compareUnsigned(commit, until) < 0 && seen.sees(transaction));
    }

    /** Reads a place as the server writes it: {@code 0/16B3748}. */
    public static long parse(String written) {
        int slash = written.indexOf('/');
        long upper = Long.parseLong(written.substring(0, slash), 16);
        long lower = Long.parseLong(written.substring(slash + 1), 16);
        return (upper << 32) | lower;
    }

    /** Returns a place as the server takes it. */
    public static String written(long place) {
        return Long.toHexString(place >>> 32) + '/' + Long.toHexString(place & 0xffff_ffffL);
    }

    /** Reads what {@link #toString} writes; empty for anything else. */
    public static Optional<LogPlace> of(String text) {
        String[] parts = text.split(";", -1);
        try {
            if (parts.length == 1) {
                return Optional.of(at(digits(parts[0])));
            }
            return parts.length == 3
                    ? Moment.of(parts[2]).map(seen -> new LogPlace(digits(parts[0]), digits(parts[1]), seen))
                    : Optional.empty();
        } catch (NumberFormatException other) {
            return Optional.empty();
        }
    }

    private static long digits(String text) {
        if (text.length() != DIGITS) {
            throw new NumberFormatException("Not a place");
        }
        return Long.parseUnsignedLong(text, 16);
    }

    @Override
    public String toString() {
        return seen == null ? written16(from) : written16(from) + ';' + written16(until) + ';' + seen;
    }

    private static String written16(long place) {
        String digits = Long.toHexString(place);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }

    /**
     * The transactions that a snapshot of the server sees: all below the first number, those below the second that did not run.
     *
     * @param first the first that ran
     * @param next the first of which none had ended
     * @param running those between that ran, in order
     */
    public record Moment(long first, long next, List<Long> running) {
        public Moment {
            running = List.copyOf(running);
        }

        /** Reads a snapshot as the server writes it: {@code xmin:xmax:running}; empty for anything else. */
        public static Optional<Moment> of(String written) {
            String[] parts = written.split(":", -1);
            if (parts.length != 3) {
                return Optional.empty();
            }
            try {
                long first = Long.parseLong(parts[0]);
                long next = Long.parseLong(parts[1]);
                List<Long> running = parts[2].isEmpty()
                        ? List.of()
                        : Stream.of(parts[2].split(",", -1))
                                .map(Long::valueOf)
                                .sorted()
                                .toList();
                boolean orderly =
                        0 < first && first <= next && running.stream().allMatch(each -> first <= each && each < next);
                return orderly ? Optional.of(new Moment(first, next, running)) : Optional.empty();
            } catch (NumberFormatException other) {
                return Optional.empty();
            }
        }

        public boolean sees(long transaction) {
            return transaction < next && (transaction < first || Collections.binarySearch(running, transaction) < 0);
        }

        /** Returns the number of a transaction of about this time, of which the log has the lower half. */
        public long whole(int low) {
            long near = (next & 0xffff_ffff_0000_0000L) | (low & 0xffff_ffffL);
            if (near > next + Integer.MAX_VALUE) {
                return near - (1L << 32);
            }
            return near < next - Integer.MAX_VALUE ? near + (1L << 32) : near;
        }

        @Override
        public String toString() {
            return running.stream().map(String::valueOf).collect(Collectors.joining(",", first + ":" + next + ':', ""));
        }
    }
}
