package dev.korm.wal;

import dev.korm.Rn;
import dev.korm.depot.CorruptFileException;
import dev.korm.depot.FileExistsException;
import dev.korm.depot.MissingFileException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileEntry;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.wal.run.WalFailures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The names of a pool's logs in a depot, and the files under them. Safe for many threads. */
final class DepotLayout {
    private static final String ROOT = "__korm_wal__";
    private static final String RUNS = "runs";
    private static final String KEPT = "kept";
    private static final String LEASE = "lease";
    private static final Pattern RUN = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{12}");

    private final Depot depot;
    private final String namespace;
    private final String pool;

    DepotLayout(Depot depot, String namespace, String pool) {
        this.depot = depot;
        this.namespace = encoded(namespace);
        this.pool = pool;
    }

    /** Returns a text, whatever is in it, as a part of an RN. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace(".", "%2E");
    }

    String pool() {
        return pool;
    }

    /** Returns the place in words. */
    String description() {
        return "[rn][depot::" + depot.name() + "]:" + ROOT + ":" + namespace + ":" + encoded(pool);
    }

    Rn<?> object(String run, long number) {
        return file(RUNS, run, name(number));
    }

    private Rn<?> lease(String run) {
        return file(RUNS, run, LEASE);
    }

    private Rn<?> file(String folder, String run, String name) {
        return Rn.file(depot.name(), ROOT, namespace, encoded(pool), folder, run, name);
    }

    private static String name(long number) {
        return String.format("%012d", number);
    }

    /**
     * The files of a run.
     *
     * @param objects by number
     * @param lease when the lease was renewed last, by the store's clock; null when there is none
     */
    record Run(
            String id,
            TreeMap<Long, FileEntry> objects,
            @Nullable Instant lease) {}

    /** Returns all runs that have files, by id. */
    Map<String, Run> runs() {
        Map<String, Run> runs = new TreeMap<>();
        try (Stream<FileEntry> files = depot.list(Rn.prefix(depot.name(), ROOT, namespace, encoded(pool), RUNS))) {
            files.forEach(file -> note(file, runs));
        }
        return runs;
    }

    private static void note(FileEntry file, Map<String, Run> runs) {
        List<String> parts = file.rn().depotParts();
        String id = parts.get(parts.size() - 2);
        String name = parts.get(parts.size() - 1);
        boolean isLease = name.equals(LEASE);
        if (!RUN.matcher(id).matches() || (!isLease && !NUMBER.matcher(name).matches())) {
            return;
        }
        Run run = runs.getOrDefault(id, new Run(id, new TreeMap<>(), null));
        if (isLease) {
            run = new Run(id, run.objects(), file.modified());
        } else {
            run.objects().put(Long.parseLong(name), file);
        }
        runs.put(id, run);
    }

    /** Returns the numbers of the objects of a run that are there, and when its lease was renewed; null when it has no files. */
    @Nullable Run run(String id) {
        Map<String, Run> runs = new TreeMap<>();
        try (Stream<FileEntry> files = depot.list(Rn.prefix(depot.name(), ROOT, namespace, encoded(pool), RUNS, id))) {
            files.forEach(file -> note(file, runs));
        }
        return runs.get(id);
    }

    /** Shows that a run lives. */
    void renew(String run) {
        byte[] text = ("run " + run + " of korm\n").getBytes(StandardCharsets.US_ASCII);
        depot.put(lease(run), new ByteArrayInputStream(text), PutOptions.NONE.size(text.length));
    }

    private void deleteLease(String run) {
        depot.delete(lease(run));
    }

    /**
     * Stores an object, unless there is another of its number.
     *
     * @return whether it is there, durably; false when it is another
     */
    boolean put(String run, long number, byte[] bytes) {
        Rn<?> name = object(run, number);
        PutOptions options = PutOptions.NONE.size(bytes.length);
        try {
            depot.put(name, new ByteArrayInputStream(bytes), options.when(PutCondition.ABSENT));
            return true;
        } catch (FileExistsException there) {
            byte[] other = get(run, number);
            if (other == null || !Arrays.equals(bytes, other)) {
                return false;
            }
            // An earlier attempt whose answer was lost: it is there, and is stored again so that it is so durably.
            depot.put(name, new ByteArrayInputStream(bytes), options);
            return true;
        }
    }

    /** Returns an object's bytes; null when it is not there. */
    byte @Nullable [] get(String run, long number) {
        Rn<?> name = object(run, number);
        try (FileContent content = depot.get(name)) {
            return content.stream().readAllBytes();
        } catch (MissingFileException missing) {
            return null;
        } catch (CorruptFileException damaged) {
            throw WalFailures.damaged(name, 0, "its bytes are not those that were stored");
        } catch (IOException failed) {
            throw WalFailures.reading(description(), failed);
        }
    }

    /** Returns an object; null when it is not there. */
    @Nullable LogObject read(String run, long number) {
        byte[] bytes = get(run, number);
        return bytes == null ? null : LogObject.decoded(object(run, number), ByteBuffer.wrap(bytes), run, number, pool);
    }

    /** Takes an object out of its log. */
    void remove(String run, long number, JournalRetention retention) {
        Rn<?> name = object(run, number);
        if (retention == JournalRetention.DELETE) {
            depot.delete(name);
            return;
        }
        try {
            depot.move(name, file(KEPT, run, name(number)));
        } catch (MissingFileException another) {
            // Somebody else has moved it.
            return;
        }
    }

    /**
     * Takes away what is left of a log that is forgotten. While its run may go on, the claims stay, so that it can append nothing.
     *
     * @param numbers of the objects that may be there, in their order
     * @param over whether the run surely does not go on
     */
    void clean(String run, Collection<Long> numbers, LogObject forgotten, boolean over, JournalRetention retention) {
        for (Long number : numbers) {
            if (number < forgotten.sealedAt()) {
                remove(run, number, retention);
            }
        }
        if (over) {
            deleteLease(run);
            for (Long number : numbers) {
                if (number >= forgotten.sealedAt()) {
                    remove(run, number, JournalRetention.DELETE);
                }
            }
        }
    }

    /** Returns what was kept, in the order of runs and of what they appended. */
    List<FileEntry> kept() {
        List<FileEntry> kept = new ArrayList<>();
        try (Stream<FileEntry> files = depot.list(Rn.prefix(depot.name(), ROOT, namespace, encoded(pool), KEPT))) {
            files.filter(file -> NUMBER.matcher(file.rn()
                                    .depotParts()
                                    .get(file.rn().depotParts().size() - 1))
                            .matches())
                    .forEach(kept::add);
        }
        return kept;
    }
}
