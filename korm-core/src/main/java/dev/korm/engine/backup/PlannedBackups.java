package dev.korm.engine.backup;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.BackupPlan;
import dev.korm.backup.ChainLimit;
import dev.korm.backup.Retention;
import dev.korm.backup.Schedule;
import dev.korm.backup.Verification;
import dev.korm.engine.context.StoreFingerprint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A pool's backups as they were given, and in the form of the metadata (korm-format, section 8). Not safe for several threads. */
public final class PlannedBackups implements BackupPlan {
    private static final String WRAPPER = "_spec";

    private final String depot;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Retention> retentions = new LinkedHashMap<>();
    private @Nullable String last;
    private @Nullable BackupOptions options;

    /** @param depot where the backups go */
    public PlannedBackups(String depot) {
        this.depot = depot;
    }

    private record Entry(String layer, Schedule schedule, Optional<ChainLimit> chain) {}

    /**
     * A schedule of one layer.
     *
     * @param id by which it is known in the table
     * @param chain the limit of its chains; empty where it makes full backups
     */
    public record Planned(String id, String layer, Schedule schedule, Optional<ChainLimit> chain) {}

    @Override
    public BackupPlan every(String layer, Schedule schedule) {
        requireNonNull(layer, "layer");
        requireNonNull(schedule, "schedule");
        entries.add(new Entry(layer, schedule, Optional.empty()));
        last = layer;
        return this;
    }

    @Override
    public BackupPlan retain(Retention retention) {
        requireNonNull(retention, "retention");
        if (last == null) {
            throw new ConfigurationException(
                    "retain(…) says what is kept of the schedule before it; call every(…) first");
        }
        if (retentions.putIfAbsent(last, retention) != null) {
            throw new ConfigurationException(
                    "The backups of \"" + last + "\" have a retention already; leave out one retain(…)");
        }
        return this;
    }

    @Override
    public BackupPlan incremental(ChainLimit limit) {
        requireNonNull(limit, "limit");
        if (last == null) {
            throw new ConfigurationException("incremental(…) is about the schedule before it; call every(…) first");
        }
        Entry entry = entries.remove(entries.size() - 1);
        if (entry.chain().isPresent()) {
            throw new ConfigurationException(
                    "The schedule of \"" + last + "\" makes increments already; leave out one incremental(…)");
        }
        entries.add(new Entry(entry.layer(), entry.schedule(), Optional.of(limit)));
        return this;
    }

    @Override
    public BackupPlan options(BackupOptions options) {
        requireNonNull(options, "options");
        if (this.options != null) {
            throw new ConfigurationException("The backups have options already; leave out one options(…)");
        }
        if (options.chain().isPresent()) {
            throw new ConfigurationException(
                    "options(…) is about all schedules; say which of them make increments by every(…).incremental(…)");
        }
        this.options = options;
        return this;
    }

    public String depot() {
        return depot;
    }

    /** Returns what goes into each backup. */
    public BackupOptions options() {
        return options == null ? BackupOptions.defaults() : options;
    }

    /** Returns what is kept of a layer. */
    public Retention retention(String layer) {
        Retention all = retentions.getOrDefault(ALL, Retention.all());
        return retentions.getOrDefault(layer, all);
    }

    /**
     * Checks that depot and layers are there.
     *
     * @throws ConfigurationException when one is not
     */
    public void require(Collection<String> layers, Collection<String> depots) {
        if (!depots.contains(depot)) {
            throw new ConfigurationException("backups(\"" + depot + "\", …) names no depot of the pool; "
                    + (depots.isEmpty() ? "it has none" : "it has " + String.join(", ", depots)));
        }
        if (entries.isEmpty()) {
            throw new ConfigurationException(
                    "backups(\"" + depot + "\", …) has no schedule; add every(\"*\", Schedule.daily().at(2, 0))");
        }
        for (Entry entry : entries) {
            if (!entry.layer().equals(ALL) && !layers.contains(entry.layer())) {
                throw new ConfigurationException("A backup is planned for \"" + entry.layer()
                        + "\", which is no layer of the pool; it has " + String.join(", ", layers));
            }
        }
    }

    /** Returns the schedules layer by layer, with the ids that the original gives them. */
    public List<Planned> planned(Collection<String> layers) {
        List<Planned> planned = new ArrayList<>();
        Map<String, Integer> equal = new HashMap<>();
        for (Entry entry : entries) {
            List<String> each =
                    entry.layer().equals(ALL) ? layers.stream().sorted().toList() : List.of(entry.layer());
            for (String layer : each) {
                String seed = layer + ":" + key(entry.schedule());
                int number = equal.merge(seed, 1, Integer::sum) - 1;
                planned.add(new Planned(id(seed + ":" + number), layer, entry.schedule(), entry.chain()));
            }
        }
        return planned;
    }

    private static String key(Schedule schedule) {
        return Document.of(new TreeMap<>(schedule.spec().asMap())).toJson();
    }

    /** Returns the UUID of a seed, as the original makes it (korm-format, section 9.3). */
    static String id(String seed) {
        byte[] hash = HexFormat.of().parseHex(StoreFingerprint.sha256(seed));
        hash[6] = (byte) ((hash[6] & 0x0f) | 0x40);
        hash[8] = (byte) ((hash[8] & 0x3f) | 0x80);
        ByteBuffer bytes = ByteBuffer.wrap(hash);
        return new UUID(bytes.getLong(), bytes.getLong()).toString();
    }

    /** Returns the member of the metadata. */
    public Document recorded() {
        List<Document> intervals = new ArrayList<>();
        for (Entry entry : entries) {
            Document.Builder interval = Document.builder()
                    .put("layerIdent", entry.layer())
                    .put(
                            "interval",
                            Document.builder()
                                    .put(WRAPPER, entry.schedule().spec())
                                    .build());
            entry.chain().ifPresent(limit -> interval.put("incremental", limit.spec()));
            intervals.add(interval.build());
        }
        List<Document> kept = new ArrayList<>();
        retentions.forEach((layer, retention) -> kept.add(Document.builder()
                .put("layerIdent", layer)
                .put("retention", retention.spec())
                .build()));
        Document.Builder plan = Document.builder()
                .put("depotIdent", depot)
                .put("intervals", intervals)
                .put("retention", kept);
        if (!options().equals(BackupOptions.defaults())) {
            plan.put("options", recorded(options()));
        }
        return plan.build();
    }

    /** Reads the member of the metadata; also where the original has wrapped the schedules. */
    public static PlannedBackups parse(Document recorded) {
        PlannedBackups plan = new PlannedBackups(
                recorded.get("depotIdent").map(Object::toString).orElse(""));
        for (Document entry : list(recorded, "intervals")) {
            object(entry, "interval")
                    .ifPresent(spec -> plan.entries.add(new Entry(
                            layer(entry),
                            Schedule.parse(spec),
                            object(entry, "incremental").map(ChainLimit::parse))));
        }
        for (Document entry : list(recorded, "retention")) {
            object(entry, "retention").ifPresent(spec -> plan.retentions.put(layer(entry), Retention.parse(spec)));
        }
        object(recorded, "options").ifPresent(spec -> plan.options = options(spec));
        return plan;
    }

    /** Returns the choices that say what is in a backup; the original knows none of them. */
    private static Document recorded(BackupOptions options) {
        return Document.builder()
                .put("files", options.files() == BackupOptions.Files.INCLUDED)
                .put("history", options.history() == BackupOptions.History.INCLUDED)
                .put("sealed", options.sealing() == BackupOptions.Sealing.WHOLE)
                .put("restored", options.depth() == Verification.Depth.FULL)
                .build();
    }

    private static BackupOptions options(Document recorded) {
        BackupOptions options = BackupOptions.defaults();
        if (is(recorded, "files", true)) {
            options = options.withFiles();
        }
        if (is(recorded, "history", false)) {
            options = options.withoutHistory();
        }
        if (is(recorded, "sealed", true)) {
            options = options.sealed();
        }
        return is(recorded, "restored", true) ? options.verify(Verification.Depth.FULL) : options;
    }

    private static boolean is(Document recorded, String member, boolean value) {
        return recorded.get(member).filter(found -> found.equals(value)).isPresent();
    }

    private static List<Document> list(Document of, String member) {
        return of.get(member).filter(List.class::isInstance).map(found -> (List<?>) found).orElse(List.of()).stream()
                .filter(Document.class::isInstance)
                .map(Document.class::cast)
                .toList();
    }

    private static String layer(Document entry) {
        return entry.get("layerIdent").map(Object::toString).orElse(ALL);
    }

    private static Optional<Document> object(Document of, String member) {
        return of.get(member).filter(Document.class::isInstance).map(Document.class::cast);
    }
}
