package dev.korm.wal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that was tried in a world of pools, and what was said of it; and from this, what stores may hold after a crash.
 *
 * <p>Every change has a number, which it writes into each item that it stores. A change of an item names the number that it found there. So what an item
 * holds tells every change that it went through, and of each change can be told whether it happened in an item.
 *
 * <p>An item is known by its id alone, which a move to another layer keeps, as it keeps the number. Whether a move happened is told by the layers: those in which
 * the changes before and behind it have stored the item, and that in which it is found. Where moves have gone there and back, it may be told by the rest of
 * its change alone.
 *
 * <p>A deletion takes along what names its item when it is committed, which is not what did when its program looked. Whether it has taken an item along is
 * open in three cases:
 *
 * <ul>
 *   <li>Another change was bringing that item to a layer meanwhile. What arrives before the deletion looks for the last time goes along, also where it was
 *       in no layer at first; what arrives later stays, with a reference to what is gone, since nobody sees what is in neither layer yet.
 *   <li>Another change was moving the deletion's item meanwhile. Its program may have seen that where it was moved to, and the item in question with the name of the
 *       old place; that goes along by its new name.
 *   <li>A move of the deletion's item is reported to be missing where that item was before, and the item in question names its new place. Then the deletion
 *       has deleted the row that was left behind there, which nobody names any more.
 * </ul>
 */
final class PoolHistory {
    private final Map<Long, Change> changes = new LinkedHashMap<>();
    private final Map<String, List<Change>> byItem = new HashMap<>();
    private final List<Change> movesOfAll = new ArrayList<>();
    private final Map<String, List<String>> owned = new HashMap<>();
    private final Map<String, String> owners = new HashMap<>();
    private final boolean keepsDeleted;
    private long numbers;

    /** @param keepsDeleted whether items that are deleted are kept, out of what is read */
    PoolHistory(boolean keepsDeleted) {
        this.keepsDeleted = keepsDeleted;
    }

    boolean keepsDeleted() {
        return keepsDeleted;
    }

    /** What is known of a change. */
    enum Fate {
        /** Nobody has said anything yet, and nobody will when its program was killed. */
        UNKNOWN,
        ACKNOWLEDGED,
        /** It has happened, and may be missing in some layers until a recovery. */
        DECIDED,
        REFUSED
    }

    /** What a change does to an item in a layer. */
    enum Kind {
        STORES,
        DELETES,
        /** Takes it away to another layer. */
        LEAVES,
        /** Brings it from another layer. */
        ARRIVES;

        boolean isMove() {
            return this == LEAVES || this == ARRIVES;
        }
    }

    /** @param base the number of the change that made what this one changes; 0 for an item that is created */
    record Touch(String item, String layer, long base, Kind kind) {
        String place() {
            return SimulatedProgram.key(layer, item);
        }
    }

    /** A change that was tried. */
    static final class Change {
        final long number;
        final Map<String, Touch> touches = new LinkedHashMap<>();
        Fate fate = Fate.UNKNOWN;
        String told = "";

        /** The last change that had begun when the fate of this one was told; 0 before that. */
        long toldAt;

        /** The layer of which it moves all there is, and the one that it moves it to; empty when it does not. */
        String emptied = "";

        String filled = "";

        Change(long number) {
            this.number = number;
        }

        boolean mayHaveHappened() {
            return fate != Fate.REFUSED;
        }

        /** Returns whether it may have been under way at the same time as another. */
        boolean overlaps(Change other) {
            return this != other
                    && (toldAt == 0 || toldAt >= other.number)
                    && (other.toldAt == 0 || other.toldAt >= number || other.fate != Fate.ACKNOWLEDGED);
        }

        Stream<Touch> of(String item) {
            return touches.values().stream().filter(touch -> touch.item().equals(item));
        }

        @Nullable Touch storing(String item) {
            return of(item).filter(touch -> touch.kind() == Kind.STORES)
                    .findFirst()
                    .orElse(null);
        }

        boolean deletes(String item) {
            return of(item).anyMatch(touch -> touch.kind() == Kind.DELETES);
        }

        boolean moves() {
            return touches.values().stream().anyMatch(touch -> touch.kind().isMove());
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
     * @param fileNumber of the change that stored the file; 0 when it has none
     * @param file the content of its file; null when it has none
     * @param owner the layer and id of the item that it refers to; null when it refers to none
     * @param deleted whether it is deleted, and kept
     */
    record Found(
            String item,
            String layer,
            long number,
            long fileNumber,
            @Nullable String file,
            @Nullable String owner,
            boolean deleted) {}

    /** The extent to which a change happened in an item. */
    private enum Happened {
        YES,
        NO,
        /** The item is gone, and may have been before; or what happened to it in several layers is reported for somebody to look at. */
        PERHAPS
    }

    /** Stores hold what they must not. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * A stay of an item with what one change has stored in it.
     *
     * @param from the layer in which that change has stored it
     * @param to the layer in which the next one has, or in which it was found
     */
    private record Stay(long number, String from, String to) {}

    /** A move that may have happened within a stay. */
    private record Step(Change change, String from, String to) {}

    Change begin() {
        Change change = new Change(++numbers);
        changes.put(change.number, change);
        return change;
    }

    void touch(Change change, Touch touch) {
        if (change.touches.put(touch.place(), touch) == null) {
            List<Change> all = byItem.computeIfAbsent(touch.item(), any -> new ArrayList<>());
            if (!all.contains(change)) {
                all.add(change);
            }
        }
    }

    /** Notes that a change moves all that it finds in a layer, which may be more or less than was there before it began. */
    void movesAll(Change change, String from, String to) {
        change.emptied = from;
        change.filled = to;
        movesOfAll.add(change);
    }

    /** Notes that an item refers to another from its creation on. */
    void owns(String owner, String item) {
        owned.computeIfAbsent(owner, any -> new ArrayList<>()).add(item);
        owners.put(item, owner);
    }

    void told(Change change, Fate fate, String how) {
        change.fate = fate;
        change.told = how;
        change.toldAt = numbers;
    }

    /** Returns the text that a change stores in a file. */
    static String text(long number) {
        return "file of change " + number;
    }

    /**
     * Holds what was found against what is known.
     *
     * @param found by layer and id
     * @param missing the items that are reported to be missing in quarantined changes, by layer and id
     */
    void check(Map<String, Found> found, Set<String> missing) {
        State state = new State(found, missing);
        for (Change change : changes.values()) {
            state.check(change);
        }
        byItem.forEach(state::checkGone);
        found.values().forEach(state::checkOwner);
    }

    /** Knows of every change from what was found whether it happened, now that nobody is left who could make it. */
    void settle(Map<String, Found> found, Set<String> missing) {
        State state = new State(found, missing);
        for (Change change : List.copyOf(changes.values())) {
            // What somebody has to look at may have happened all the same.
            boolean reported = change.touches.keySet().stream().anyMatch(missing::contains);
            if (!reported && (change.fate == Fate.UNKNOWN || change.fate == Fate.DECIDED)) {
                boolean with = false;
                boolean without = false;
                for (Touch touch : change.touches.values()) {
                    Happened happened = state.happened(change, touch);
                    with |= happened == Happened.YES || (touch.kind() == Kind.DELETES && state.isAlone(change, touch));
                    without |= happened == Happened.NO;
                }
                // One that is there in part stays unknown, and a deletion too that others may have been faster with.
                if (with != without) {
                    told(change, with ? Fate.ACKNOWLEDGED : Fate.REFUSED, change.told);
                }
            }
        }
    }

    private List<Change> of(String item) {
        return byItem.getOrDefault(item, List.of());
    }

    /** Returns the changes that may have deleted an item, also along with its owner without having seen it at first. */
    private Stream<Change> deletions(String item) {
        String owner = owners.get(item);
        Stream<Change> unseen = owner == null
                ? Stream.of()
                : of(owner).stream()
                        .filter(change -> change.deletes(owner) && !change.deletes(item))
                        .filter(change -> isBrought(item, change) || mayBeRenamed(item, change));
        return Stream.concat(of(item).stream().filter(change -> change.deletes(item)), unseen)
                .filter(Change::mayHaveHappened);
    }

    /** Returns whether others may have been bringing an item to some layer while a change was under way. */
    private boolean isBrought(String item, Change meanwhile) {
        return bringing(item).anyMatch(meanwhile::overlaps);
    }

    /** Returns the changes that may have brought an item to some layer. */
    private Stream<Change> bringing(String item) {
        return Stream.concat(
                        of(item).stream().filter(change -> change.of(item)
                                .anyMatch(touch -> touch.kind().isMove() || touch.base() == 0)),
                        movesOfAll.stream())
                .filter(Change::mayHaveHappened);
    }

    /** Returns whether others may have changed an item of a change's in a layer before it came there. */
    private boolean isContended(Change change, String layer) {
        if (change.fate == Fate.ACKNOWLEDGED) {
            return false;
        }
        boolean own = change.touches.values().stream()
                .filter(touch -> touch.layer().equals(layer) && touch.base() != 0)
                .anyMatch(touch -> of(touch.item()).stream()
                                .anyMatch(other -> other != change && other.mayHaveHappened() && isRival(other, touch))
                        || deletions(touch.item()).anyMatch(other -> other != change)
                        || mayBeRenamed(touch.item(), change));
        // Who refers to what is moved is changed along, as it is when that happens.
        return own
                || change.touches.values().stream()
                        .filter(touch -> touch.kind().isMove())
                        .flatMap(touch -> owned.getOrDefault(touch.item(), List.of()).stream())
                        .anyMatch(item ->
                                of(item).stream().anyMatch(other -> other.mayHaveHappened() && other.overlaps(change)));
    }

    /** Returns whether another change may have moved an item's owner, and the item's reference with it, while a change was under way. */
    private boolean mayBeRenamed(String item, Change change) {
        String owner = owners.get(item);
        return owner != null
                && Stream.concat(of(owner).stream(), movesOfAll.stream())
                        .anyMatch(other -> other.mayHaveHappened() && other.moves() && other.overlaps(change));
    }

    private static boolean isRival(Change other, Touch touch) {
        return other.of(touch.item()).anyMatch(theirs -> theirs.base() == touch.base());
    }

    /** What stores hold at a moment. */
    private final class State {
        private final Set<String> missing;
        private final Map<String, List<Found>> found = new HashMap<>();
        /** Of each item that is found in one place, its stays, the last first. */
        private final Map<String, Map<Long, Stay>> courses = new HashMap<>();
        /** The items of which a move is reported that others were faster with. */
        private final Set<String> disputed = new HashSet<>();

        State(Map<String, Found> places, Set<String> missing) {
            this.missing = missing;
            places.values().forEach(each -> found.computeIfAbsent(each.item(), any -> new ArrayList<>())
                    .add(each));
            for (String place : missing) {
                String item = place.substring(place.indexOf('/') + 1);
                if (Stream.concat(of(item).stream(), movesOfAll.stream()).anyMatch(change -> isMissing(change, item))) {
                    disputed.add(item);
                }
            }
            found.forEach((item, where) -> {
                if (!disputed.contains(item) && where.stream().anyMatch(Found::deleted)) {
                    checkDeleted(item);
                }
                if (where.size() > 1 && !disputed.contains(item)) {
                    throw new Violation(
                            item + " is in several layers: " + where + " after " + of(item) + "; reported as missing: "
                                    + missing,
                            null);
                }
                for (Found each : where) {
                    Map<Long, Stay> course = course(each);
                    if (where.size() == 1) {
                        courses.put(item, course);
                    }
                }
            });
        }

        /** Holds that somebody may have deleted an item that is deleted and kept. */
        private void checkDeleted(String item) {
            if (deletions(item).findAny().isEmpty()) {
                throw new Violation(item + " is deleted, and by nobody: " + of(item), null);
            }
        }

        private boolean isDeleted(String item) {
            return found.getOrDefault(item, List.of()).stream().anyMatch(Found::deleted);
        }

        /**
         * Returns whether a move of an item is reported to be missing in a layer where others may have been faster. A move of all takes along what is deleted and
         * kept, which its program has not seen.
         */
        private boolean isMissing(Change change, String item) {
            Stream<String> layers = change.emptied.isEmpty()
                    ? change.of(item).filter(touch -> touch.kind().isMove()).map(Touch::layer)
                    : Stream.of(change.emptied, change.filled);
            return change.mayHaveHappened()
                    && layers.anyMatch(
                            layer -> missing.contains(SimulatedProgram.key(layer, item)) && isContended(change, layer));
        }

        /** Returns the changes that an item went through. */
        private Map<Long, Stay> course(Found state) {
            Map<Long, Stay> course = new LinkedHashMap<>();
            long number = state.number();
            String to = state.layer();
            while (number != 0) {
                Change change = changes.get(number);
                Touch touch = change == null ? null : change.storing(state.item());
                if (touch == null) {
                    throw new Violation(
                            state.item() + " holds " + number + ", which nobody stored there: " + change, null);
                }
                Stay stay = new Stay(number, touch.layer(), to);
                if (!disputed.contains(state.item()) && ways(state.item(), stay).isEmpty()) {
                    throw new Violation(
                            state.item() + " of change " + number + " was stored in " + stay.from() + " and got to "
                                    + stay.to() + ", where nobody moved it: " + of(state.item()),
                            null);
                }
                course.put(number, stay);
                to = touch.layer();
                number = touch.base();
            }
            if (state.fileNumber() != 0
                    && !text(state.fileNumber()).equals(state.file())
                    && !hasFileOfOther(state, course)) {
                throw new Violation(
                        state.item() + " of change " + state.number() + " should have the file of change "
                                + state.fileNumber() + " and has: " + state.file(),
                        null);
            }
            return course;
        }

        /**
         * Returns whether a row has the file of its item's other row. A move of which a part is reported to be missing leaves an item in two layers; both rows name one
         * file, and who changes that along with one of them changes it for the other.
         */
        private boolean hasFileOfOther(Found state, Map<Long, Stay> course) {
            return disputed.contains(state.item())
                    && of(state.item()).stream()
                            .filter(change -> change.mayHaveHappened() && !course.containsKey(change.number))
                            .filter(change -> text(change.number).equals(state.file()))
                            .map(change -> change.storing(state.item()))
                            .anyMatch(touch -> touch != null && !touch.layer().equals(state.layer()));
        }

        /** Returns the sets of moves by each of which an item may have come through a stay; those with all that were acknowledged, where there are any. */
        private List<Set<Change>> ways(String item, Stay stay) {
            List<Step> steps = new ArrayList<>();
            for (Change change : of(item)) {
                if (change.mayHaveHappened() && change.emptied.isEmpty()) {
                    String to = change.of(item)
                            .filter(touch -> touch.kind() == Kind.ARRIVES && touch.base() == stay.number())
                            .map(Touch::layer)
                            .findFirst()
                            .orElse("");
                    change.of(item)
                            .filter(touch -> touch.kind() == Kind.LEAVES && touch.base() == stay.number())
                            .forEach(touch -> steps.add(new Step(change, touch.layer(), to)));
                }
            }
            for (Change change : movesOfAll) {
                if (change.mayHaveHappened()) {
                    steps.add(new Step(change, change.emptied, change.filled));
                }
            }
            List<Set<Change>> ways = new ArrayList<>();
            go(stay.from(), stay.to(), steps, new HashSet<>(), ways);
            return ways;
        }

        private void go(String at, String to, List<Step> steps, Set<Change> gone, List<Set<Change>> ways) {
            if (at.equals(to)) {
                ways.add(Set.copyOf(gone));
            }
            for (Step step : steps) {
                if (step.from().equals(at) && gone.add(step.change())) {
                    go(step.to(), to, steps, gone, ways);
                    gone.remove(step.change());
                }
            }
        }

        private void check(Change change) {
            List<Touch> without = new ArrayList<>();
            List<Touch> with = new ArrayList<>();
            for (Touch touch : change.touches.values()) {
                switch (happened(change, touch)) {
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
                    if (!missing.contains(touch.place()) || !isContended(change, touch.layer())) {
                        throw new Violation(
                                "It is there in part: " + change + ", in " + with + ", not in " + without
                                        + "; reported as missing: " + missing,
                                null);
                    }
                }
            }
        }

        Happened happened(Change change, Touch touch) {
            if (disputed.contains(touch.item())) {
                return Happened.PERHAPS;
            }
            Map<Long, Stay> course = courses.get(touch.item());
            if (touch.kind() == Kind.DELETES) {
                return course == null || isDeleted(touch.item()) || mayStay(change, touch.item())
                        ? Happened.PERHAPS
                        : Happened.NO;
            }
            if (course == null) {
                return deletions(touch.item()).findAny().isPresent() ? Happened.PERHAPS : Happened.NO;
            }
            if (touch.kind() == Kind.STORES) {
                return course.containsKey(change.number) ? Happened.YES : Happened.NO;
            }
            if (change.emptied.isEmpty()) {
                return course.containsKey(touch.base())
                        ? moved(change, ways(touch.item(), course.get(touch.base())))
                        : Happened.NO;
            }
            return movedWithAll(change, touch, course);
        }

        /** Returns whether a deletion of an item's owner may have been right to leave the item, which is in one place. */
        private boolean mayStay(Change deletion, String item) {
            String owner = owners.get(item);
            if (owner == null || !deletion.deletes(owner)) {
                return false;
            }
            boolean isNamed =
                    deletion.touches.containsKey(found.get(item).get(0).owner());
            return isBrought(item, deletion) || (disputed.contains(owner) && !isNamed);
        }

        private static Happened moved(Change change, List<Set<Change>> ways) {
            List<Set<Change>> likely = ways.stream()
                    .filter(way -> change.fate != Fate.ACKNOWLEDGED || way.contains(change))
                    .toList();
            if (!likely.isEmpty() && change.fate == Fate.ACKNOWLEDGED) {
                return ways.size() == likely.size() ? Happened.YES : Happened.PERHAPS;
            }
            if (ways.stream().allMatch(way -> way.contains(change))) {
                return Happened.YES;
            }
            return ways.stream().anyMatch(way -> way.contains(change)) ? Happened.PERHAPS : Happened.NO;
        }

        /** Judges the move of a collection, which takes along each item as it is by then. */
        private Happened movedWithAll(Change change, Touch touch, Map<Long, Stay> course) {
            Happened all = Happened.NO;
            for (Stay stay : course.values()) {
                Happened here = moved(change, ways(touch.item(), stay));
                if (here == Happened.YES) {
                    return here;
                }
                all = here == Happened.PERHAPS ? here : all;
            }
            boolean others =
                    of(touch.item()).stream().anyMatch(other -> other.mayHaveHappened() && other.overlaps(change));
            return all == Happened.NO && others ? Happened.PERHAPS : all;
        }

        /** Holds that an item which is gone was never there, or that a deletion explains it which is whole but for what is reported to be missing. */
        private void checkGone(String item, List<Change> history) {
            if ((found.containsKey(item) && !isDeleted(item)) || disputed.contains(item)) {
                return;
            }
            Change creation = history.get(0);
            if (creation.of(item).anyMatch(touch -> missing.contains(touch.place()))) {
                // It never came there, for which check(creation) has looked for a reason.
                return;
            }
            boolean wasThere = creation.fate == Fate.ACKNOWLEDGED
                    || creation.touches.values().stream().anyMatch(touch -> happened(creation, touch) == Happened.YES);
            if (!wasThere) {
                return;
            }
            if (keepsDeleted && !isDeleted(item)) {
                throw new Violation(item + " is gone, and was to be kept when it is deleted: " + history, null);
            }
            boolean explained = deletions(item).anyMatch(change -> change.touches.values().stream()
                    .filter(touch -> !missing.contains(touch.place()) || !isContended(change, touch.layer()))
                    .noneMatch(touch -> happened(change, touch) == Happened.NO));
            if (!explained) {
                throw new Violation(
                        item + " is gone, and no deletion that happened explains it: " + history
                                + "; reported as missing: " + missing,
                        null);
            }
        }

        /**
         * Holds that an item names its owner where that is. One that was on its way to its layer while its owner was moved may name the old place: nobody sees what is
         * in neither layer yet, and to store a reference to what is not there is no error.
         */
        private void checkOwner(Found item) {
            String owner = item.owner();
            if (owner == null) {
                return;
            }
            String id = owner.substring(owner.indexOf('/') + 1);
            List<Found> there = found.getOrDefault(id, List.of());
            if (there.isEmpty()
                    || there.stream().anyMatch(each -> SimulatedProgram.key(each.layer(), id)
                            .equals(owner))
                    || disputed.contains(id)
                    || disputed.contains(item.item())
                    || missing.contains(SimulatedProgram.key(item.layer(), item.item()))) {
                return;
            }
            List<Change> moves = Stream.concat(of(id).stream(), movesOfAll.stream())
                    .filter(move -> move.mayHaveHappened() && move.moves())
                    .toList();
            // A move brings a new name of the owner as well, which another move of that cannot see yet.
            boolean late = Stream.concat(bringing(item.item()), moves.stream())
                    .anyMatch(change -> moves.stream().anyMatch(change::overlaps));
            if (!late) {
                throw new Violation(
                        item + " names its owner in another layer than where that is: " + there + " after " + of(id)
                                + ", and the item has come by " + of(item.item()) + "; reported as missing: " + missing,
                        null);
            }
        }

        /** Returns whether an item is gone, and by no other change. */
        private boolean isAlone(Change change, Touch touch) {
            List<Change> all = of(touch.item());
            return (isDeleted(touch.item()) || !found.containsKey(touch.item()))
                    && all.get(0).fate == Fate.ACKNOWLEDGED
                    && deletions(touch.item()).allMatch(change::equals);
        }
    }
}
