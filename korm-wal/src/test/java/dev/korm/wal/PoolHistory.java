package dev.korm.wal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that was tried in a world of pools, and what was said of it; and from this, what stores may hold after a crash.
 *
 * <p>Every change has a number, which it writes into each item that it stores. A change of an item names the number that it found there. So what an item
 * holds tells every change that it went through, and of each change can be told whether it happened in an item.
 */
final class PoolHistory {
    private final Map<Long, Change> changes = new LinkedHashMap<>();
    private final Map<String, List<Change>> byItem = new HashMap<>();
    private long numbers;

    /** What is known of a change. */
    enum Fate {
        /** Nobody has said anything yet, and nobody will when its program was killed. */
        UNKNOWN,
        ACKNOWLEDGED,
        /** It has happened, and may be missing in some layers until a recovery. */
        DECIDED,
        REFUSED
    }

    /** @param base the number of the change that made what this one changes; 0 for an item that is created */
    record Touch(String item, String layer, long base, boolean deletes) {}

    /** A change that was tried. */
    static final class Change {
        final long number;
        final Map<String, Touch> touches = new LinkedHashMap<>();
        Fate fate = Fate.UNKNOWN;
        String told = "";

        Change(long number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "change " + number + " (" + fate + (told.isEmpty() ? "" : ", " + told) + ", " + touches.values()
                    + ")";
        }
    }

    /**
     * An item as it was found.
     *
     * @param file the content of its file; null when it has none
     * @param fileNumber of the change that stored the file; 0 when it has none
     */
    record Found(long number, long fileNumber, @Nullable String file) {}

    /** The extent to which a change happened in an item. */
    private enum Happened {
        YES,
        NO,
        /** The item is gone, and may have been before. */
        PERHAPS
    }

    /** Stores hold what they must not. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    Change begin() {
        Change change = new Change(++numbers);
        changes.put(change.number, change);
        return change;
    }

    void touch(Change change, Touch touch) {
        if (change.touches.put(touch.item(), touch) == null) {
            byItem.computeIfAbsent(touch.item(), any -> new ArrayList<>()).add(change);
        }
    }

    /** Returns the text that a change stores in a file. */
    static String text(long number) {
        return "file of change " + number;
    }

    /**
     * Holds what was found against what is known.
     *
     * @param missing the items that are reported to be missing in quarantined changes
     */
    void check(Map<String, Found> found, Set<String> missing) {
        Map<String, Set<Long>> chains = new HashMap<>();
        found.forEach((item, state) -> chains.put(item, chain(item, state)));
        for (Change change : changes.values()) {
            check(change, chains, missing);
        }
        for (Map.Entry<String, List<Change>> item : byItem.entrySet()) {
            if (!found.containsKey(item.getKey())) {
                checkGone(item.getKey(), item.getValue(), chains, missing);
            }
        }
    }

    /** Returns the changes that an item went through. */
    private Set<Long> chain(String item, Found state) {
        if (state.fileNumber() != 0 && !text(state.fileNumber()).equals(state.file())) {
            throw new Violation(
                    item + " of change " + state.number() + " should have the file of change " + state.fileNumber()
                            + " and has: " + state.file(),
                    null);
        }
        Set<Long> chain = new HashSet<>();
        long number = state.number();
        while (number != 0) {
            Change change = changes.get(number);
            Touch touch = change == null ? null : change.touches.get(item);
            if (change == null || touch == null || touch.deletes()) {
                throw new Violation(item + " holds " + number + ", which nobody stored there: " + change, null);
            }
            chain.add(number);
            number = touch.base();
        }
        return chain;
    }

    private void check(Change change, Map<String, Set<Long>> chains, Set<String> missing) {
        List<Touch> without = new ArrayList<>();
        List<Touch> with = new ArrayList<>();
        for (Touch touch : change.touches.values()) {
            switch (happened(change, touch, chains)) {
                case YES -> with.add(touch);
                case NO -> without.add(touch);
                case PERHAPS -> {}
            }
        }
        if (change.fate == Fate.REFUSED && !with.isEmpty()) {
            throw new Violation("It was refused and is there: " + change + " in " + with, null);
        }
        if (change.fate == Fate.ACKNOWLEDGED && !without.isEmpty()) {
            throw new Violation("It was acknowledged and is missing: " + change + " in " + without, null);
        }
        if ((!with.isEmpty() || change.fate == Fate.DECIDED) && !without.isEmpty()) {
            for (Touch touch : without) {
                if (!missing.contains(touch.item()) || !isContended(change, touch.layer())) {
                    throw new Violation(
                            "It is there in part: " + change + ", not in " + without + "; reported as missing: "
                                    + missing,
                            null);
                }
            }
        }
    }

    private Happened happened(Change change, Touch touch, Map<String, Set<Long>> chains) {
        Set<Long> chain = chains.get(touch.item());
        if (touch.deletes()) {
            return chain == null ? Happened.PERHAPS : Happened.NO;
        }
        if (chain != null) {
            return chain.contains(change.number) ? Happened.YES : Happened.NO;
        }
        return byItem.get(touch.item()).stream().anyMatch(other -> mayDelete(other, touch.item()))
                ? Happened.PERHAPS
                : Happened.NO;
    }

    private static boolean mayDelete(Change change, String item) {
        Touch touch = change.touches.get(item);
        return touch != null && touch.deletes() && change.fate != Fate.REFUSED;
    }

    /** Returns whether others may have changed an item of a change's in a layer before it came there. */
    private boolean isContended(Change change, String layer) {
        return change.fate != Fate.ACKNOWLEDGED
                && change.touches.values().stream()
                        .filter(touch -> touch.layer().equals(layer) && touch.base() != 0)
                        .anyMatch(touch -> byItem.get(touch.item()).stream()
                                .anyMatch(other ->
                                        other != change && other.fate != Fate.REFUSED && isRival(other, touch)));
    }

    private static boolean isRival(Change other, Touch touch) {
        Touch theirs = other.touches.get(touch.item());
        return theirs != null && (theirs.deletes() || theirs.base() == touch.base());
    }

    /** Holds that an item which is gone was never there, or that a deletion explains it which is whole but for what is reported to be missing. */
    private void checkGone(String item, List<Change> history, Map<String, Set<Long>> chains, Set<String> missing) {
        Change creation = history.get(0);
        boolean wasThere = creation.fate == Fate.ACKNOWLEDGED
                || creation.touches.values().stream()
                        .anyMatch(touch -> happened(creation, touch, chains) == Happened.YES);
        if (!wasThere) {
            return;
        }
        boolean explained = history.stream()
                .filter(change -> mayDelete(change, item))
                .anyMatch(change -> change.touches.values().stream()
                        .filter(touch -> !missing.contains(touch.item()) || !isContended(change, touch.layer()))
                        .noneMatch(touch -> happened(change, touch, chains) == Happened.NO));
        if (!explained) {
            throw new Violation(
                    item + " is gone, and no deletion that happened explains it: " + history + "; reported as missing: "
                            + missing,
                    null);
        }
    }

    /** Returns whether an item is gone, and by no other change. */
    private boolean isAlone(Change change, Touch touch, Map<String, Set<Long>> chains) {
        List<Change> all = byItem.get(touch.item());
        return !chains.containsKey(touch.item())
                && all.get(0).fate == Fate.ACKNOWLEDGED
                && all.stream().noneMatch(other -> other != change && mayDelete(other, touch.item()));
    }

    /** Knows of every change from what was found whether it happened, now that nobody is left who could make it. */
    void settle(Map<String, Found> found) {
        Map<String, Set<Long>> chains = new HashMap<>();
        found.forEach((item, state) -> chains.put(item, chain(item, state)));
        for (Change change : List.copyOf(changes.values())) {
            if (change.fate == Fate.UNKNOWN || change.fate == Fate.DECIDED) {
                boolean with = false;
                boolean without = false;
                for (Touch touch : change.touches.values()) {
                    Happened happened = happened(change, touch, chains);
                    with |= happened == Happened.YES || (touch.deletes() && isAlone(change, touch, chains));
                    without |= happened == Happened.NO;
                }
                // One that is there in part stays unknown, and a deletion too that others may have been faster with.
                if (with != without) {
                    change.fate = with ? Fate.ACKNOWLEDGED : Fate.REFUSED;
                }
            }
        }
    }
}
