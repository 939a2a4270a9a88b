package dev.korm.wal;

import dev.korm.ClosedException;
import dev.korm.recovery.JournalException;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalEntry.Kind;
import dev.korm.spi.journal.UnfinishedEntries;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.CrashingFiles.Failure;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.run.Steps;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Processes that journal on one disk, are killed, and lose the power, all by one seed; and what their journals must then say. What
 * append returned for is found unless it is done, and nothing is found that nobody appended.
 */
final class JournalWorld {
    private static final int MOST_PROCESSES = 2;

    private final Random random;
    private final CrashingFiles files;
    private final Wal wal;
    private final VirtualEnvironment environment;
    private final Map<String, Change> changes = new TreeMap<>();
    private final List<Process> processes = new ArrayList<>();
    private int ids;
    private int crashes;

    /** A journal did what it must not. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** What is known of a change. */
    private static final class Change {
        /** What was appended of it, or tried to, in that order. */
        final List<String> texts = new ArrayList<>();
        /** The runs whose logs name it. */
        final Set<String> runs = new HashSet<>();
        /** The last of the texts that is surely durable. */
        int sure = -1;
        /** Its logs may be forgotten. */
        boolean mayBeGone;

        boolean allows(@Nullable String found) {
            if (found == null) {
                return sure < 0
                        || mayBeGone
                        || texts.subList(sure, texts.size()).contains("");
            }
            return texts.subList(Math.max(sure, 0), texts.size()).contains(found);
        }
    }

    /** A process with its journal. */
    private final class Process {
        final FileSystem system = files.process();
        final Journal journal;
        final Map<String, String> found = new HashMap<>();
        final Set<String> held = new HashSet<>();

        @Nullable UnfinishedEntries taken;

        boolean appended;
        boolean failed;

        Process() {
            Environment own = environment.withFiles(system);
            journal = wal.open(new JournalContext("pool", own, name -> {
                throw new AssertionError(name);
            }));
            held.add(journal.run());
        }
    }

    JournalWorld(long seed, Steps steps) {
        random = new Random(seed);
        files = CrashingFiles.seeded(random.nextLong());
        environment = VirtualEnvironment.seeded(random.nextLong());
        wal = Wal.at("/data/journal")
                .with(new Wal.Settings(256 + random.nextInt(512), 2, 1 + random.nextInt(6), steps))
                .retention(random.nextInt(3) == 0 ? JournalRetention.KEEP : JournalRetention.DELETE);
    }

    /** Lives on until the power has gone that many times. */
    void run(int most) {
        while (crashes < most) {
            int life = random.nextInt(14);
            if (random.nextInt(3) == 0) {
                inject();
            }
            for (int i = 0; i < life; i++) {
                step();
            }
            end();
            crashes++;
        }
    }

    private void inject() {
        int at = 1 + random.nextInt(random.nextBoolean() ? 12 : 60);
        Failure failure = random.nextBoolean() ? Failure.EIO : Failure.ENOSPC;
        switch (random.nextInt(4)) {
            case 0 -> files.failWrite(at, failure);
            case 1 -> files.failSync(at, failure);
            default -> files.stopAt(at);
        }
    }

    private void end() {
        if (random.nextInt(4) == 0) {
            files.resume();
        } else {
            files.crash(random.nextLong());
        }
        processes.clear();
    }

    private void step() {
        if (processes.isEmpty() || (processes.size() < MOST_PROCESSES && random.nextInt(12) == 0)) {
            open();
            return;
        }
        Process process = processes.get(random.nextInt(processes.size()));
        switch (random.nextInt(20)) {
            case 0 -> kill(process);
            case 1 -> close(process);
            case 2, 3 -> forget(process);
            default -> append(process);
        }
    }

    private void kill(Process process) {
        files.kill(process.system);
        processes.remove(process);
    }

    private void close(Process process) {
        try {
            process.journal.close();
            if (random.nextBoolean()) {
                process.journal.close();
            }
        } catch (JournalException failed) {
            requireCause(failed);
        }
        kill(process);
    }

    private static void requireCause(JournalException failed) {
        if (failed.getCause() == null) {
            throw new Violation("It is called damaged: " + failed.getMessage(), failed);
        }
    }

    private void open() {
        Process process;
        try {
            process = new Process();
        } catch (JournalException failed) {
            requireCause(failed);
            return;
        }
        if (random.nextInt(8) == 0) {
            // One that does not ask.
            processes.add(process);
            return;
        }
        try {
            UnfinishedEntries taken = process.journal.unfinished();
            process.taken = taken;
            process.held.addAll(taken.runs());
            for (Optional<JournalEntry> next = taken.next(); next.isPresent(); next = taken.next()) {
                JournalEntry entry = next.get();
                String before = process.found.put(entry.change(), text(entry));
                if (before != null) {
                    throw new Violation(entry.change() + " is found twice", null);
                }
            }
        } catch (JournalException failed) {
            requireCause(failed);
            kill(process);
            return;
        }
        compare(process);
        processes.add(process);
    }

    private static String text(JournalEntry entry) {
        return entry.kind() == Kind.DONE
                ? ""
                : entry.kind() + " "
                        + StandardCharsets.US_ASCII.decode(entry.body().duplicate());
    }

    /** Holds what a run has found against what is known, and knows it from then on. */
    private void compare(Process process) {
        Set<String> others = new HashSet<>();
        processes.forEach(each -> others.addAll(each.held));
        for (Map.Entry<String, String> found : process.found.entrySet()) {
            if (!changes.containsKey(found.getKey())) {
                throw new Violation(found + " is found, and is over", null);
            }
        }
        List<String> over = new ArrayList<>();
        changes.forEach((id, change) -> {
            String found = process.found.get(id);
            boolean hidden = change.runs.stream().anyMatch(others::contains);
            if (hidden ? found != null : !change.allows(found)) {
                throw new Violation(
                        id + ": found " + found + ", appended " + change.texts + ", sure from " + change.sure
                                + (change.mayBeGone ? ", perhaps forgotten" : "") + (hidden ? ", of a living run" : ""),
                        null);
            }
            if (!hidden && found == null) {
                over.add(id);
            } else if (!hidden) {
                change.sure = change.texts.lastIndexOf(found);
                change.texts.subList(change.sure + 1, change.texts.size()).clear();
                change.mayBeGone = false;
                // Of the others, the logs are gone.
                change.runs.retainAll(process.held);
            }
        });
        over.forEach(changes::remove);
    }

    private void append(Process process) {
        List<JournalEntry> entries = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            entries.add(entry(process));
        }
        boolean durable = false;
        process.appended = true;
        try {
            process.journal.append(entries);
            durable = true;
        } catch (JournalException failed) {
            requireCause(failed);
        } catch (ClosedException closed) {
            throw new Violation("It is closed", closed);
        }
        if (durable && process.failed) {
            throw new Violation("It takes entries after a failure", null);
        }
        for (JournalEntry entry : entries) {
            Change change = changes.computeIfAbsent(entry.change(), id -> new Change());
            change.texts.add(text(entry));
            change.runs.add(process.journal.run());
            if (durable) {
                change.sure = change.texts.size() - 1;
            }
        }
        process.failed |= !durable;
    }

    /** An entry of a new change, or of one that this run knows. */
    private JournalEntry entry(Process process) {
        List<String> known = changes.entrySet().stream()
                .filter(each -> process.held.containsAll(each.getValue().runs))
                .filter(each -> !each.getValue().mayBeGone)
                .map(Map.Entry::getKey)
                .toList();
        if (!known.isEmpty() && random.nextInt(5) < 3) {
            String id = known.get(random.nextInt(known.size()));
            return random.nextInt(3) > 0 ? JournalEntry.done(id) : entry(Kind.QUARANTINED, id);
        }
        return entry(Kind.PREPARED, "c-" + ids++);
    }

    private JournalEntry entry(Kind kind, String id) {
        String body = id + "/" + random.nextLong() + "x".repeat(random.nextInt(random.nextInt(8) == 0 ? 900 : 60));
        return new JournalEntry(kind, id, ByteBuffer.wrap(body.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Forgets logs: what this run has not appended to its own of what it found is settled. */
    private void forget(Process process) {
        UnfinishedEntries taken = process.taken;
        if (taken == null || process.failed) {
            return;
        }
        if (random.nextInt(4) == 0) {
            taken.close();
            process.taken = null;
            if (!process.appended) {
                process.held.retainAll(Set.of(process.journal.run()));
            }
            return;
        }
        Set<String> gone = new HashSet<>(process.held);
        gone.remove(process.journal.run());
        boolean forgotten = false;
        try {
            taken.forget();
            forgotten = true;
        } catch (JournalException failed) {
            requireCause(failed);
            process.taken = null;
        }
        for (Change change : changes.values()) {
            boolean here = change.runs.contains(process.journal.run());
            if (process.held.containsAll(change.runs) && !here) {
                change.mayBeGone = true;
                change.sure = forgotten ? Integer.MAX_VALUE : change.sure;
            }
        }
        if (forgotten) {
            changes.values().removeIf(change -> change.sure == Integer.MAX_VALUE);
            changes.values().forEach(change -> change.runs.removeAll(gone));
            process.held.removeAll(gone);
            process.taken = null;
        }
    }
}
