package dev.korm.wal;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.file.FileRef;
import dev.korm.file.SweepReport;
import dev.korm.recovery.RecoveryReport;
import dev.korm.wal.ChangingProgram.Part;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/** The oracle of programs that were cut off: every acknowledged change is there, and each other is whole or absent, in all stores. */
final class ChangedStores {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ProgramStores stores;
    private final List<String> layers;
    private final List<String> depots;

    /** What each name was told to be at. */
    private final Map<String, Integer> acknowledged = new HashMap<>();

    /** What was found the last time: it is to stay. */
    private final Map<String, Integer> known = new HashMap<>();

    /** Programs that nothing more may come of. */
    private final Set<String> over = new HashSet<>();

    private final Set<String> begun = new HashSet<>();
    private long found;
    private long finished;
    private long dropped;
    private long changes;

    ChangedStores(ProgramStores stores) {
        this.stores = stores;
        this.layers = List.copyOf(stores.layers().keySet());
        this.depots = List.copyOf(stores.depots().keySet());
    }

    /** Notes that a program runs whose names have a prefix. */
    void begin(String prefix) {
        begun.add(prefix);
    }

    void acknowledge(String line) {
        int space = line.indexOf(' ');
        acknowledged.merge(line.substring(0, space), Integer.valueOf(line.substring(space + 1)), Math::max);
        changes++;
    }

    /** Recovers the stores and returns what is wrong with them: nothing, unless something was lost or torn. */
    List<String> recover() {
        List<String> problems = new ArrayList<>();
        try (Pool pool = stores.open()) {
            RecoveryReport report = pool.recovery().atOpening();
            found += report.found();
            finished += report.finished();
            dropped += report.dropped();
            if (report.quarantined() + report.unreachable() > 0) {
                problems.add(report.toString());
            }
            SweepReport sweep = settled(pool);
            look(pool, problems);
            if (sweep.missing() + sweep.unfinished() > 0) {
                problems.add(sweep.toString());
            }
        }
        return problems;
    }

    /** Waits for files of which a program that was killed has the turn still, as on S3 until its time is over; the opening does not wait for that. */
    private static SweepReport settled(Pool pool) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        SweepReport sweep = pool.sweep().reportOnly().run();
        while (sweep.unfinished() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE.toNanos());
            pool.recovery().retry();
            sweep = pool.sweep().reportOnly().run();
        }
        return sweep;
    }

    private void look(Pool pool, List<String> problems) {
        Map<String, Map<String, Part>> all = new TreeMap<>();
        for (String layer : layers) {
            for (Item<Part> item : Korm.item(Part.class, pool)
                    .fromQuery(layer, ChangingProgram.NAMESPACE, ChangingProgram.KIND)
                    .resolvePaths("file")
                    .get()) {
                if (all.computeIfAbsent(item.data().name(), any -> new TreeMap<>())
                                .put(layer, item.data())
                        != null) {
                    problems.add(item.data().name() + " is twice in " + layer);
                }
            }
        }
        all.forEach((name, parts) -> {
            look(name, parts, problems);
            if (!known.containsKey(name) && over.contains(name.substring(0, name.indexOf('-')))) {
                problems.add(name + " has come after a recovery");
            }
            known.put(name, parts.values().iterator().next().version());
        });
        Set<String> names = new HashSet<>(acknowledged.keySet());
        names.addAll(known.keySet());
        for (String name : names) {
            Map<String, Part> parts = all.get(name);
            int told = Math.max(acknowledged.getOrDefault(name, 0), known.getOrDefault(name, 0));
            if (parts == null) {
                // A name is deleted after its change was acknowledged, and not before.
                if (!ChangingProgram.isDeleted(name) || told < 1) {
                    problems.add(name + " " + told + " was there and is not");
                }
                known.put(name, ChangingProgram.DELETED);
            } else if (parts.values().iterator().next().version() < told) {
                problems.add(name + " " + told + " was there and is not: it is at "
                        + parts.values().iterator().next().version());
            }
        }
        over.addAll(begun);
    }

    private void look(String name, Map<String, Part> parts, List<String> problems) {
        List<String> own = ChangingProgram.layers(name, layers);
        if (!parts.keySet().equals(new TreeSet<>(own))) {
            problems.add(name + " is in " + parts.keySet() + " alone, not in " + own);
            return;
        }
        int version = parts.values().iterator().next().version();
        Map<String, String> files = ChangingProgram.files(name, own, depots);
        parts.forEach((layer, part) -> {
            if (part.version() != version) {
                problems.add(name + " is of two versions");
            }
            FileRef file = part.file();
            if ((file == null) == files.containsKey(layer)) {
                problems.add(name + " in " + layer + (file == null ? " has no file" : " has a file"));
            } else if (file != null) {
                look(name, version, file, problems);
            }
        });
    }

    private static void look(String name, int version, FileRef file, List<String> problems) {
        try {
            if (!new String(file.bytes(), StandardCharsets.UTF_8).equals(ChangingProgram.text(name, version))) {
                problems.add(name + " " + version + " has the file of another version");
            }
        } catch (RuntimeException unread) {
            problems.add(name + " " + version + " has a file that cannot be read: " + unread);
        }
    }

    @Override
    public String toString() {
        return changes + " changes were acknowledged; recovery found " + found + ", finished " + finished
                + " and dropped " + dropped;
    }
}
