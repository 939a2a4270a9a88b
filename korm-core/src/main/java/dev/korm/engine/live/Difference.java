package dev.korm.engine.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The steps that lead from one answer to another, in their order: what left, from the end; what is at another place; what entered, from the beginning; what changed where it is. Each place
 * is one of the list as the steps before leave it.
 *
 * <p>Of items that changed places relative to each other as few move as possible, and unchanged ones only where that cannot be helped: as an item that is given another value of what the answer is
 * ordered by moves, and not all those that it passes.
 */
final class Difference {
    /** A step. */
    sealed interface Step {
        String id();
    }

    record Enter(String id, int at) implements Step {}

    record Change(String id, int at) implements Step {}

    record Move(String id, int from, int to) implements Step {}

    record Leave(String id, int at) implements Step {}

    private Difference() {}

    static List<Step> between(Answer before, Answer after) {
        if (before.entries().equals(after.entries())) {
            return List.of();
        }
        List<Step> steps = new ArrayList<>();
        Map<String, Integer> places = after.places();
        List<Entry> kept = new ArrayList<>();
        Map<String, Integer> old = new HashMap<>();
        for (int i = before.size() - 1; i >= 0; i--) {
            Entry entry = before.entries().get(i);
            if (!places.containsKey(entry.id())) {
                steps.add(new Leave(entry.id(), i));
            }
        }
        for (Entry entry : before.entries()) {
            if (places.containsKey(entry.id())) {
                old.put(entry.id(), kept.size());
                kept.add(entry);
            }
        }
        moves(after, kept, old, steps);
        List<Entry> entries = after.entries();
        for (int i = 0; i < entries.size(); i++) {
            if (!old.containsKey(entries.get(i).id())) {
                steps.add(new Enter(entries.get(i).id(), i));
            }
        }
        changes(entries, kept, old, steps);
        return steps;
    }

    private static void changes(List<Entry> entries, List<Entry> kept, Map<String, Integer> old, List<Step> steps) {
        Set<String> moved = new HashSet<>();
        for (Step step : steps) {
            if (step instanceof Move move) {
                moved.add(move.id());
            }
        }
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Integer place = old.get(entry.id());
            if (place != null && kept.get(place).version() != entry.version() && !moved.contains(entry.id())) {
                steps.add(new Change(entry.id(), i));
            }
        }
    }

    private static void moves(Answer after, List<Entry> kept, Map<String, Integer> old, List<Step> steps) {
        List<Entry> wanted = after.entries().stream()
                .filter(entry -> old.containsKey(entry.id()))
                .toList();
        int[] sequence = new int[wanted.size()];
        boolean ascending = true;
        for (int i = 0; i < sequence.length; i++) {
            sequence[i] = old.getOrDefault(wanted.get(i).id(), 0);
            ascending &= i == 0 || sequence[i] > sequence[i - 1];
        }
        if (ascending) {
            return;
        }
        BitSet staying = staying(sequence, wanted, kept);
        List<String> working = new ArrayList<>(kept.stream().map(Entry::id).toList());
        for (int i = 0; i < sequence.length; i++) {
            if (!staying.get(i)) {
                String id = wanted.get(i).id();
                int from = working.indexOf(id);
                working.remove(from);
                int to = i == 0 ? 0 : working.indexOf(wanted.get(i - 1).id()) + 1;
                working.add(to, id);
                if (from != to) {
                    steps.add(new Move(id, from, to));
                }
            }
        }
    }

    /** Returns which of a sequence stay: of all that ascend, those of the most weight, where an unchanged item outweighs all changed ones together. */
    private static BitSet staying(int[] sequence, List<Entry> wanted, List<Entry> kept) {
        int size = sequence.length;
        long[] best = new long[size + 1];
        int[] bestAt = new int[size + 1];
        Arrays.fill(bestAt, -1);
        int[] previous = new int[size];
        long top = -1;
        int last = -1;
        for (int i = 0; i < size; i++) {
            long weight = kept.get(sequence[i]).version() == wanted.get(i).version() ? size + 1L : 1L;
            long sum = 0;
            int from = -1;
            for (int at = sequence[i]; at > 0; at -= at & -at) {
                if (best[at] > sum) {
                    sum = best[at];
                    from = bestAt[at];
                }
            }
            previous[i] = from;
            sum += weight;
            for (int at = sequence[i] + 1; at <= size; at += at & -at) {
                if (best[at] < sum) {
                    best[at] = sum;
                    bestAt[at] = i;
                }
            }
            if (sum > top) {
                top = sum;
                last = i;
            }
        }
        BitSet staying = new BitSet(size);
        for (int i = last; i >= 0; i = previous[i]) {
            staying.set(i);
        }
        return staying;
    }
}
