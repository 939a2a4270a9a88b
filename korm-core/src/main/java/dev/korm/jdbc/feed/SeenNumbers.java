package dev.korm.jdbc.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of numbers that were drawn before commits, of which some may be seen later than higher ones: all up to the highest that was seen, but those that are missing. So nothing is lost
 * that is committed late, and nobody waits for it. Written as {@code 40;12-12,15-17}. Immutable.
 */
public final class SeenNumbers {
    /** No number has more digits than a long surely takes. */
    private static final Pattern WRITTEN =
            Pattern.compile("([0-9]{1,18});((?:[0-9]{1,18}-[0-9]{1,18}(?:,[0-9]{1,18}-[0-9]{1,18})*)?)");

    private final long highest;

    /** The missing ones below the highest, as ranges: the last of each by its first. */
    private final NavigableMap<Long, Long> missing;

    /** A range of numbers, both ends included. */
    public record Range(long first, long last) {}

    private SeenNumbers(long highest, NavigableMap<Long, Long> missing) {
        this.highest = highest;
        this.missing = missing;
    }

    /** Returns all numbers up to the highest but some. */
    public static SeenNumbers of(long highest, List<Range> missing) {
        NavigableMap<Long, Long> ranges = new TreeMap<>();
        for (Range each : missing) {
            if (each.first() <= highest) {
                ranges.put(each.first(), Math.min(each.last(), highest));
            }
        }
        return new SeenNumbers(highest, ranges);
    }

    /** Reads what {@link #toString} writes; empty for anything else. */
    public static Optional<SeenNumbers> parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<Range> ranges = new ArrayList<>();
        for (String each : matcher.group(2).split(",", -1)) {
            int middle = each.indexOf('-');
            if (middle > 0) {
                ranges.add(new Range(
                        Long.parseLong(each.substring(0, middle)), Long.parseLong(each.substring(middle + 1))));
            }
        }
        return Optional.of(of(Long.parseLong(matcher.group(1)), ranges));
    }

    public long highest() {
        return highest;
    }

    /** Returns the first that was not seen. */
    public long firstMissing() {
        return missing.isEmpty() ? highest + 1 : missing.firstKey();
    }

    /** Returns the ranges of numbers below the highest that were not seen, in order. */
    public List<Range> missing() {
        List<Range> ranges = new ArrayList<>();
        missing.forEach((first, last) -> ranges.add(new Range(first, last)));
        return ranges;
    }

    public boolean contains(long number) {
        Map.Entry<Long, Long> range = missing.floorEntry(number);
        return number <= highest && (range == null || range.getValue() < number);
    }

    /** Returns the set with one more number. */
    public SeenNumbers with(long number) {
        if (contains(number)) {
            return this;
        }
        NavigableMap<Long, Long> ranges = new TreeMap<>(missing);
        if (number > highest) {
            if (number > highest + 1) {
                ranges.put(highest + 1, number - 1);
            }
            return new SeenNumbers(number, ranges);
        }
        long first = ranges.floorKey(number);
        long last = ranges.remove(first);
        if (first < number) {
            ranges.put(first, number - 1);
        }
        if (number < last) {
            ranges.put(number + 1, last);
        }
        return new SeenNumbers(highest, ranges);
    }

    /** Returns the set with all numbers up to one. */
    public SeenNumbers withAllTo(long number) {
        NavigableMap<Long, Long> ranges = new TreeMap<>();
        missing.forEach((first, last) -> {
            if (last > number) {
                ranges.put(Math.max(first, number + 1), last);
            }
        });
        return new SeenNumbers(Math.max(highest, number), ranges);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(highest).append(';');
        String separator = "";
        for (Range each : missing()) {
            text.append(separator).append(each.first()).append('-').append(each.last());
            separator = ",";
        }
        return text.toString();
    }
}
