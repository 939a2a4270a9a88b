package dev.korm.engine.pool;

import static dev.korm.argument.NullArgumentException.requireElements;
import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.backup.BackupPlan;
import dev.korm.crypto.LayerSealer;
import dev.korm.engine.backup.PlannedBackups;
import dev.korm.engine.commit.AtomicCommits;
import dev.korm.engine.context.ChangeLimit;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.context.Parallel;
import dev.korm.engine.context.PoolEvents;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.engine.depot.FileLocks;
import dev.korm.engine.depot.OpenDepots;
import dev.korm.engine.depot.ToldDepot;
import dev.korm.engine.item.DefaultLayers;
import dev.korm.engine.item.PoolLayers;
import dev.korm.engine.key.PoolSecrets;
import dev.korm.engine.key.SealedSearchGuard;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.lock.PoolLocks;
import dev.korm.engine.metadata.Discovery;
import dev.korm.engine.metadata.MetadataReconciler;
import dev.korm.engine.metadata.MetadataReconciler.OnDifference;
import dev.korm.engine.metadata.PoolMetadata;
import dev.korm.engine.metadata.PoolParts;
import dev.korm.engine.observe.StatementLog;
import dev.korm.engine.version.RecordingLayer;
import dev.korm.event.PoolListener;
import dev.korm.file.FileRelease;
import dev.korm.key.KeyRing;
import dev.korm.lock.LockOptions;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.feed.FeedRetention;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects what a pool consists of, and opens it. */
final class PoolBuilderImpl implements PoolBuilder {
    private final Map<String, LayerSource> sources = new LinkedHashMap<>();
    private final Map<String, DepotSource> depots = new LinkedHashMap<>();
    private final Map<String, FileRelease> releases = new LinkedHashMap<>();
    private final DefaultLayers homes = new DefaultLayers();
    private final @Nullable LayerSource discovered;
    private @Nullable String metaLayer;
    private OnDifference onDifference = OnDifference.FAIL;
    private Duration longestFileWait = Duration.ofSeconds(30);
    private ChangeLimit limit = ChangeLimit.DEFAULT;
    private FeedRetention retention = FeedRetention.DEFAULT;
    private Environment environment = Environment.system();
    private @Nullable KeyRing keys;
    private @Nullable JournalSource journal;
    private boolean history;
    private @Nullable PlannedBackups backups;
    private PoolLocks.@Nullable Sharing sharing;
    private Duration longest = Duration.ZERO;
    private final Map<String, Duration> longestByLayer = new LinkedHashMap<>();
    private Duration slow = Duration.ZERO;
    private final Map<String, Duration> slowByLayer = new LinkedHashMap<>();
    private final DeclaredRecords records = new DeclaredRecords();
    private final List<PoolListener> listeners = new ArrayList<>();

    /** @param discovered a layer of the pool, whose metadata says what is not given; null when all is given */
    PoolBuilderImpl(@Nullable LayerSource discovered) {
        this.discovered = discovered;
    }

    @Override
    public PoolBuilder layer(String name, LayerSource source) {
        requireNonNull(name, "name");
        requireNonNull(source, "source");
        if (name.isEmpty() || name.codePoints().anyMatch(PoolBuilderImpl::isForbidden)) {
            throw new ConfigurationException(
                    "The name of a layer is part of RNs, so it must not be empty and must not contain [ or ], U+0000 or half of a surrogate pair");
        }
        if (sources.putIfAbsent(name, source) != null) {
            throw new ConfigurationException("There are two layers of the name \"" + name + "\"; rename one");
        }
        return this;
    }

    private static boolean isForbidden(int character) {
        return character == '['
                || character == ']'
                || character == 0
                || Character.getType(character) == Character.SURROGATE;
    }

    @Override
    public PoolBuilder depot(String name, DepotSource source, FileRelease release) {
        requireNonNull(name, "name");
        requireNonNull(source, "source");
        requireNonNull(release, "release");
        if (name.isEmpty() || name.codePoints().anyMatch(PoolBuilderImpl::isForbidden)) {
            throw new ConfigurationException(
                    "The name of a depot is part of RNs, so it must not be empty and must not contain [ or ], U+0000 or half of a surrogate pair");
        }
        if (depots.putIfAbsent(name, source) != null) {
            throw new ConfigurationException("There are two depots of the name \"" + name + "\"; rename one");
        }
        releases.put(name, release);
        return this;
    }

    @Override
    public PoolBuilder defaultLayer(String layer) {
        requireNonNull(layer, "layer");
        homes.putDefault(layer);
        return this;
    }

    @Override
    public PoolBuilder home(String namespace, String layer) {
        requireNonNull(namespace, "namespace");
        requireNonNull(layer, "layer");
        homes.put(namespace, layer);
        return this;
    }

    @Override
    public PoolBuilder home(String namespace, String kind, String layer) {
        requireNonNull(namespace, "namespace");
        requireNonNull(kind, "kind");
        requireNonNull(layer, "layer");
        homes.put(namespace, kind, layer);
        return this;
    }

    @Override
    public PoolBuilder withMeta(String layer) {
        requireNonNull(layer, "layer");
        if (metaLayer != null) {
            throw new ConfigurationException("A pool keeps its metadata in one layer, and withMeta(\"" + metaLayer
                    + "\") was given already; leave out withMeta(\"" + layer + "\")");
        }
        metaLayer = layer;
        return this;
    }

    @Override
    public PoolBuilder adoptMeta() {
        onDifference = OnDifference.ADOPT;
        return this;
    }

    @Override
    public PoolBuilder keys(KeyRing ring) {
        requireNonNull(ring, "ring");
        keys = ring;
        return this;
    }

    @Override
    public PoolBuilder withWal(JournalSource source) {
        requireNonNull(source, "journal");
        if (journal != null) {
            throw new ConfigurationException("A pool has one journal, and withWal was given " + journal.description()
                    + " already; leave out " + source.description());
        }
        journal = source;
        return this;
    }

    @Override
    public PoolBuilder withHistory() {
        history = true;
        return this;
    }

    @Override
    public PoolBuilder withLocks(String layer, LockOptions options) {
        requireNonNull(layer, "layer");
        requireNonNull(options, "options");
        if (sharing != null) {
            throw new ConfigurationException("A pool shares its locks in one layer, and withLocks(\"" + sharing.layer()
                    + "\") was given already; leave out withLocks(\"" + layer + "\")");
        }
        sharing = new PoolLocks.Sharing(layer, options);
        return this;
    }

    @Override
    public PoolBuilder backups(String depot, Consumer<BackupPlan> plan) {
        requireNonNull(depot, "depot");
        requireNonNull(plan, "plan");
        if (backups != null) {
            throw new ConfigurationException("The backups of a pool go to one depot, and backups(\"" + backups.depot()
                    + "\", …) was given already; leave out backups(\"" + depot + "\", …)");
        }
        PlannedBackups planned = new PlannedBackups(depot);
        plan.accept(planned);
        backups = planned;
        return this;
    }

    @Override
    public PoolBuilder longestFileWait(Duration limit) {
        requireNonNull(limit, "limit");
        if (limit.isZero() || limit.isNegative()) {
            throw new ConfigurationException("longestFileWait(" + limit + ") must be longer than zero");
        }
        longestFileWait = limit;
        return this;
    }

    @Override
    public PoolBuilder largestChange(int items) {
        limit = new ChangeLimit(items);
        return this;
    }

    @Override
    public PoolBuilder retainChanges(FeedRetention least) {
        retention = requireNonNull(least, "retention");
        return this;
    }

    @Override
    public PoolBuilder listener(PoolListener listener) {
        requireNonNull(listener, "listener");
        listeners.add(listener);
        return this;
    }

    @Override
    public PoolBuilder records(Class<?>... types) {
        for (Class<?> type : requireElements(types, "records")) {
            records.check(type);
        }
        return this;
    }

    @Override
    public PoolBuilder prepare(Class<?>... types) {
        for (Class<?> type : requireElements(types, "records")) {
            records.prepare(type);
        }
        return this;
    }

    @Override
    public PoolBuilder requireKeys() {
        records.requireAllKeys();
        return this;
    }

    @Override
    public PoolBuilder slowStatements(Duration from) {
        slow = notNegative("slowStatements", requireNonNull(from, "from"));
        return this;
    }

    @Override
    public PoolBuilder slowStatements(String layer, Duration from) {
        slowByLayer.put(requireNonNull(layer, "layer"), notNegative("slowStatements", requireNonNull(from, "from")));
        return this;
    }

    private static Duration notNegative(String call, Duration given) {
        if (given.isNegative()) {
            throw new ConfigurationException(call + "(" + given + ") must not be negative; zero is for never");
        }
        return given;
    }

    @Override
    public PoolBuilder timeout(Duration limit) {
        longest = notNegative("timeout", requireNonNull(limit, "longest"));
        return this;
    }

    @Override
    public PoolBuilder timeout(String layer, Duration limit) {
        longestByLayer.put(requireNonNull(layer, "layer"), notNegative("timeout", requireNonNull(limit, "longest")));
        return this;
    }

    @Override
    public PoolBuilder environment(Environment other) {
        requireNonNull(other, "environment");
        this.environment = other;
        return this;
    }

    @Override
    public Pool open() {
        if (discovered != null) {
            return discovered(discovered).open();
        }
        PoolMetadata own = configuration();
        records.build();
        Map<String, OpenLayer> open = new LinkedHashMap<>();
        Map<String, PoolBackupContext.Store> stores = new LinkedHashMap<>();
        Map<String, Depot> openDepots = new LinkedHashMap<>();
        PoolEvents events = new PoolEvents(listeners, environment);
        Parallel parallel = new Parallel(environment, sources.size(), events);
        PoolSecrets secrets = new PoolSecrets(keys, environment);
        ChangeOrigins origins = new ChangeOrigins(environment, keepsHistory());
        RecordingLayer.Factory recording =
                keepsHistory() ? new RecordingLayer.Factory(origins, limit, environment) : null;
        AtomicCommits commits = null;
        KormPool pool = null;
        try {
            sources.forEach((name, source) -> {
                Layer store = source.open(name, environment);
                open.put(name, opened(store, open, parallel, secrets, recording, events));
                stores.put(
                        name,
                        new PoolBackupContext.Store(store, source.description().type()));
            });
            Function<String, Depot> opening = name -> Objects.requireNonNull(opened(name, openDepots, events));
            new MetadataReconciler(own, open, opening, secrets, onDifference, environment)
                    .settle(log -> log.requireFinished(opened(log.depot(), openDepots, events)));
            depots.keySet().forEach(name -> opened(name, openDepots, events));
            PoolLifecycle lifecycle = new PoolLifecycle();
            PoolLayers layers = new PoolLayers(open, homes, parallel, lifecycle);
            OpenDepots files = new OpenDepots(
                    own.id(),
                    openDepots,
                    releases,
                    journal != null && journal.recordsFiles(),
                    new FileLocks(longestFileWait),
                    lifecycle,
                    environment);
            commits = new AtomicCommits(own.id(), journal(own.id(), files), open, events, environment);
            PoolLocks locks = new PoolLocks(own.id(), sharing, layers, lifecycle, events, environment);
            pool = new KormPool(
                    layers,
                    files,
                    commits,
                    lifecycle,
                    events,
                    limit,
                    retention,
                    origins,
                    secrets,
                    locks,
                    stores,
                    environment);
            pool.begin();
            records.require(pool.context(), secrets.ring());
            if (backups != null && metaLayer != null) {
                pool.begin(backups, metaLayer);
            }
            return pool;
        } catch (RuntimeException | Error failure) {
            try {
                List<AutoCloseable> all = new ArrayList<>();
                if (pool != null) {
                    all.add(pool);
                }
                if (commits != null) {
                    all.add(commits);
                }
                all.addAll(open.values());
                all.addAll(openDepots.values());
                KormPool.closeAll(all);
            } catch (RuntimeException | Error alsoFailed) {
                if (alsoFailed != failure) {
                    failure.addSuppressed(alsoFailed);
                }
            } finally {
                secrets.close();
            }
            throw failure;
        }
    }

    /** Returns the same with what the metadata of the discovered layer says of the rest. */
    private PoolBuilderImpl discovered(LayerSource layer) {
        PoolBuilderImpl whole = new PoolBuilderImpl(null);
        KeyRing ring = keys == null
                ? KeyRing.fromEnvironment(name -> environment.variable(name).orElse(null))
                : keys;
        try (PoolSecrets secrets = new PoolSecrets(ring, environment)) {
            Discovery found = Discovery.from(layer, secrets, environment);
            found.layers().forEach(name -> {
                LayerSource source = sources.get(name);
                if (source == null) {
                    source = name.equals(found.given()) ? layer : found.layer(name);
                }
                whole.layer(name, source);
            });
            sources.forEach(whole.sources::putIfAbsent);
            found.depots().forEach(name -> {
                DepotSource source = depots.get(name);
                FileRelease release = releases.get(name);
                whole.depot(
                        name,
                        source == null ? found.depot(name) : source,
                        release == null ? FileReleases.parse(found.release(name)) : release);
            });
            depots.forEach((name, source) -> {
                if (!whole.depots.containsKey(name)) {
                    whole.depot(name, source, Objects.requireNonNull(releases.get(name)));
                }
            });
            Map<String, String> own = homes.recorded();
            whole.homes.putRecorded(own.isEmpty() ? found.homes() : own);
            whole.metaLayer = metaLayer == null ? found.metaLayer() : metaLayer;
            whole.journal = journal == null ? found.journal().orElse(null) : journal;
            whole.sharing = sharing == null ? found.locks().orElse(null) : sharing;
            whole.history = history || found.keepsHistory();
            whole.backups =
                    backups == null ? found.backups().map(PlannedBackups::parse).orElse(null) : backups;
        }
        whole.onDifference = onDifference;
        whole.longestFileWait = longestFileWait;
        whole.limit = limit;
        whole.retention = retention;
        whole.environment = environment;
        whole.keys = keys;
        whole.listeners.addAll(listeners);
        whole.longest = longest;
        whole.longestByLayer.putAll(longestByLayer);
        whole.slow = slow;
        whole.records.addAll(records);
        whole.slowByLayer.putAll(slowByLayer);
        return whole;
    }

    private boolean keepsHistory() {
        return history || (journal != null && journal.keepsHistory());
    }

    private OpenLayer opened(
            Layer store,
            Map<String, OpenLayer> pool,
            Parallel parallel,
            PoolSecrets secrets,
            RecordingLayer.@Nullable Factory recording,
            PoolEvents events) {
        LayerSealer seals = secrets.layer(store.name());
        try {
            store.observe(new StatementLog(store.name(), slowByLayer.getOrDefault(store.name(), slow), events));
            store.limitStatements(longestByLayer.getOrDefault(store.name(), longest));
            Layer layer = recording == null ? store : recording.around(store, parallel, seals);
            OpenLayer opened = new OpenLayer(layer, pool, parallel, seals);
            opened.guardSearches(new SealedSearchGuard(opened));
            return opened;
        } catch (RuntimeException | Error failure) {
            try {
                store.close();
            } catch (RuntimeException | Error alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    private @Nullable Depot opened(String name, Map<String, Depot> openDepots, PoolEvents events) {
        DepotSource source = depots.get(name);
        return source == null
                ? null
                : openDepots.computeIfAbsent(name, missing -> new ToldDepot(source.open(missing, environment), events));
    }

    private @Nullable Journal journal(String pool, OpenDepots files) {
        return journal == null ? null : journal.open(new JournalContext(pool, environment, files::depot));
    }

    private void requireLayers(String call, Map<String, Duration> byLayer) {
        for (String layer : byLayer.keySet()) {
            if (!sources.containsKey(layer)) {
                throw new ConfigurationException(call + "(\"" + layer + "\", …) names no layer of the pool; it has "
                        + String.join(", ", sources.keySet()));
            }
        }
    }

    private PoolMetadata configuration() {
        if (sources.isEmpty()) {
            throw new ConfigurationException("A pool needs at least one layer, such as"
                    + " Korm.pool().layer(\"main\", Sqlite.file(\"data.sqlite\"))");
        }
        homes.requireLayers(sources.keySet());
        if (metaLayer != null && !sources.containsKey(metaLayer)) {
            throw new ConfigurationException("withMeta(\"" + metaLayer + "\") names no layer of the pool; it has "
                    + String.join(", ", sources.keySet()));
        }
        if (sharing != null && !sources.containsKey(sharing.layer())) {
            throw new ConfigurationException("withLocks(\"" + sharing.layer()
                    + "\") names no layer of the pool; it has " + String.join(", ", sources.keySet()));
        }
        requireLayers("slowStatements", slowByLayer);
        requireLayers("timeout", longestByLayer);
        if (metaLayer == null && onDifference == OnDifference.ADOPT) {
            throw new ConfigurationException(
                    "adoptMeta() stores the configuration, so it needs withMeta(…) to say in which layer");
        }
        if (journal != null && journal.recordsFiles() && !keepsHistory()) {
            throw new ConfigurationException(
                    "The bytes of files are recorded with the history of what they belong to, and"
                            + " the pool keeps none; add withHistory() before open(), or leave out files(RECORD)");
        }
        if (backups != null) {
            if (metaLayer == null) {
                throw new ConfigurationException(
                        "backups(…) keeps in the layer of the metadata when they were made, so it needs"
                                + " withMeta(…)");
            }
            backups.require(sources.keySet(), depots.keySet());
        }
        Map<String, LayerDescription> layers = new LinkedHashMap<>();
        sources.forEach((name, source) -> layers.put(name, source.description()));
        Map<String, DepotDescription> files = new LinkedHashMap<>();
        depots.forEach((name, source) -> files.put(name, source.description()));
        Map<String, String> fates = new LinkedHashMap<>();
        releases.forEach((name, release) -> fates.put(name, FileReleases.text(release)));
        return new PoolMetadata(
                layers,
                files,
                Optional.ofNullable(metaLayer),
                new PoolParts(
                        Optional.ofNullable(journal).map(JournalSource::identity),
                        Optional.ofNullable(sharing),
                        keepsHistory(),
                        Optional.ofNullable(backups).map(PlannedBackups::recorded),
                        homes.recorded(),
                        fates));
    }
}
