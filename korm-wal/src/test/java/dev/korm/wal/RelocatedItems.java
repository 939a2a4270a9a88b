package dev.korm.wal;

import dev.korm.wal.PoolHistory.Found;
import dev.korm.wal.PoolHistory.Violation;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was told of the items of a collection to those who change it while it is moved from one layer to another; and from this, what the layers may hold after a
 * crash.
 *
 * <p>At every moment each item is whole in one of the two layers, and found under every reference from outside the collection. Where the old layer has it still, that
 * row is the item, and the other may be older than the file that both name. One that somebody has deleted under one of its names may be found under the other until the move ends; then it is gone from both, with all
 * that is owned by it.
 */
final class RelocatedItems {
    /** Stands for the number of an item that is not there. */
    private static final long GONE = 0;

    private final String from;
    private final String to;

    /** By id, the numbers that an item may have: one, but while it is being changed. */
    private final Map<String, Set<Long>> items = new LinkedHashMap<>();

    /** By the id of an item, or of one outside the collection, the id of the item that it is owned by. */
    private final Map<String, String> owners = new HashMap<>();

    /** Those that were there for certain at some time. */
    private final Set<String> known = new HashSet<>();

    private final boolean keepsDeleted;

    /** @param keepsDeleted whether items that are deleted are kept, out of what is read */
    RelocatedItems(String from, String to, boolean keepsDeleted) {
        this.from = from;
        this.to = to;
        this.keepsDeleted = keepsDeleted;
    }

    boolean keepsDeleted() {
        return keepsDeleted;
    }

    /** Notes that an item, or one outside the collection, refers to an item from its creation on. */
    void owns(String owner, String owned) {
        owners.put(owned, owner);
    }

    /** Returns whether an item is there for certain, and nobody is deleting it. */
    boolean isThere(String item) {
        return !mayBeGone(item);
    }

    private boolean mayBeGone(String item) {
        return items.getOrDefault(item, Set.of(GONE)).contains(GONE);
    }

    private boolean isGone(String item) {
        return Set.of(GONE).equals(items.get(item));
    }

    /** Something that somebody tries: after it, items have other numbers. */
    final class Attempt {
        private final Map<String, Set<Long>> before = new HashMap<>();
        private final Map<String, Long> wanted = new HashMap<>();

        private void want(String item, long number) {
            Set<Long> now = items.getOrDefault(item, Set.of(GONE));
            before.put(item, now);
            wanted.put(item, number);
            Set<Long> either = new HashSet<>(now);
            either.add(number);
            items.put(item, either);
        }

        void acknowledged() {
            wanted.forEach((item, number) -> {
                items.put(item, Set.of(number));
                if (number != GONE) {
                    known.add(item);
                }
            });
        }

        void refused() {
            items.putAll(before);
        }
    }

    /** Begins to store an item. */
    Attempt store(String item, long number) {
        Attempt attempt = new Attempt();
        attempt.want(item, number);
        return attempt;
    }

    /** Begins to delete an item, with those that are owned by it. */
    Attempt delete(String item) {
        Attempt attempt = new Attempt();
        withOwned(item).forEach(each -> attempt.want(each, GONE));
        return attempt;
    }

    /** Returns an item and those of the collection that are owned by it. */
    Stream<String> withOwned(String item) {
        Stream<String> owned = owners.entrySet().stream()
                .filter(each -> each.getValue().equals(item))
                .map(Map.Entry::getKey)
                .filter(items::containsKey);
        return Stream.concat(Stream.of(item), owned);
    }

    /**
     * Holds what was found against what is known.
     *
     * @param found the items of the collection, by layer and id
     * @param outside those that refer to them
     */
    void check(Map<String, Found> found, Collection<Found> outside) {
        items.forEach((item, numbers) -> {
            Found whole = whole(found, item);
            if (mayBeGone(item)) {
                return;
            }
            if (whole == null || whole.deleted() || !numbers.contains(whole.number())) {
                throw new Violation(item + " may have the numbers " + numbers + " and is " + whole, null);
            }
            checkFile(whole);
        });
        Set<String> holders = new HashSet<>();
        for (Found holder : outside) {
            holders.add(holder.item());
            requireThere(found, holder);
        }
        owners.forEach((owned, owner) -> {
            if (!items.containsKey(owned) && !mayBeGone(owner) && !holders.contains(owned)) {
                throw new Violation(owned + " is gone, and " + owner + ", which it refers to, is not", null);
            }
        });
    }

    private @Nullable Found whole(Map<String, Found> found, String item) {
        Found here = found.get(SimulatedProgram.key(from, item));
        return here != null ? here : found.get(SimulatedProgram.key(to, item));
    }

    private static boolean isThere(Map<String, Found> found, String place) {
        Found row = found.get(place);
        return row != null && !row.deleted();
    }

    private static void checkFile(Found row) {
        if (row.fileNumber() != 0 && !PoolHistory.text(row.fileNumber()).equals(row.file())) {
            throw new Violation(row + " should have the file of change " + row.fileNumber(), null);
        }
    }

    private void requireThere(Map<String, Found> found, Found holder) {
        String owner = owners.get(holder.item());
        if (owner != null && !mayBeGone(owner) && !isThere(found, String.valueOf(holder.owner()))) {
            throw new Violation(holder + " refers to what is not there", null);
        }
    }

    /** Holds what was found at the end of a move against what is known. */
    void checkEnd(Map<String, Found> found, Collection<Found> outside) {
        check(found, outside);
        for (Found row : found.values()) {
            if (row.layer().equals(from)) {
                throw new Violation(row + " was left behind", null);
            }
        }
        items.keySet().forEach(item -> {
            Found row = whole(found, item);
            if (isGone(item) && row != null && !row.deleted()) {
                throw new Violation(item + " was deleted, and is there again", null);
            }
            if (isGone(item) && row == null && keepsDeleted && known.contains(item)) {
                throw new Violation(item + " is gone, and was to be kept when it is deleted", null);
            }
            if (row != null && row.deleted() && !keepsDeleted) {
                throw new Violation(row + " is kept, and was to be removed", null);
            }
        });
        found.values().forEach(row -> requireMoved(found, row));
        outside.forEach(row -> requireMoved(found, row));
    }

    /** Holds that what is owned names its owner where that is now, and is not there without it; one that is kept may be kept there without it. */
    private void requireMoved(Map<String, Found> found, Found owned) {
        String owner = owners.get(owned.item());
        String place = SimulatedProgram.key(to, String.valueOf(owner));
        if (owner != null && (!(owned.deleted() || isThere(found, place)) || !place.equals(owned.owner()))) {
            throw new Violation(owned + " does not name its owner where that is: " + found.get(place), null);
        }
    }
}
