package dev.korm.engine.metadata;

import dev.korm.ConfigurationException;
import dev.korm.Document;
import dev.korm.KormException;
import dev.korm.MetadataException;
import dev.korm.SealException;
import dev.korm.engine.key.PoolSecrets;
import dev.korm.engine.lock.PoolLocks;
import dev.korm.key.KeyRing;
import dev.korm.key.MissingKeyException;
import dev.korm.lock.LockOptions;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerDescription.Location;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.discover.StoreFactory;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.JournalDescription;
import dev.korm.spi.journal.JournalSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A pool as it is recorded, found from one of its layers: the one with the metadata, or any other, whose share names that one. What the caller gives by itself
 * is not asked of the metadata, so a store that nobody here knows how to open, or whose credentials cannot be opened, can be given.
 */
public final class Discovery {
    private final StoredMetadata stored;
    private final String given;
    private final PoolSecrets secrets;
    private final MetadataSeals seals;
    private final List<StoreFactory> factories = new ArrayList<>();

    private Discovery(StoredMetadata stored, String given, PoolSecrets secrets) {
        this.stored = stored;
        this.given = given;
        this.secrets = secrets;
        this.seals = new MetadataSeals(secrets, stored.layer());
        factories.addAll(factories());
    }

    private static List<StoreFactory> factories() {
        List<StoreFactory> factories = new ArrayList<>();
        ServiceLoader.load(StoreFactory.class, StoreFactory.class.getClassLoader())
                .forEach(factories::add);
        return factories;
    }

    /**
     * Reads what is recorded.
     *
     * @param layer a layer of the pool; it is opened and closed again
     * @throws MetadataException when it carries none, or some that cannot be read
     */
    public static Discovery from(LayerSource layer, PoolSecrets secrets, Environment environment) {
        try (Layer open = layer.open("discovered", environment)) {
            Optional<String> config = PoolMetadataTable.pool(open).read();
            if (config.isPresent()) {
                StoredMetadata stored = readable(StoredMetadata.read("", config.get()), layer);
                String name = stored.text("metaLayerIdent").orElse("");
                return new Discovery(new StoredMetadata(name, stored.config()), name, secrets);
            }
            PoolShares.Share share = PoolMetadataTable.share(open)
                    .read()
                    .map(PoolShares.Share::parse)
                    .orElseThrow(() -> new MetadataException(
                            "There is no pool to be discovered in " + layer
                                    + ": it has no metadata, and belongs to no pool with metadata. Open it by Korm.pool(), with withMeta(…) so that it can be discovered",
                            List.of()));
            return byShare(share, layer, secrets, environment);
        }
    }

    private static Discovery byShare(
            PoolShares.Share share, LayerSource layer, PoolSecrets secrets, Environment environment) {
        String home = share.metaLayer();
        Document entry = StoredMetadata.object(share.content(), "metaLayer").orElse(Document.EMPTY);
        Document more =
                StoredMetadata.object(share.content(), MetadataDocument.OURS).orElse(Document.EMPTY);
        LayerSource source = source(
                home,
                described(entry, Optional.of(more), "layers." + home, new MetadataSeals(secrets, home), "layer"),
                factories());
        try (Layer open = source.open(home, environment)) {
            StoredMetadata stored = PoolMetadataTable.pool(open)
                    .read()
                    .map(config -> readable(StoredMetadata.read(home, config), source))
                    .orElseThrow(() -> new MetadataException(
                            layer + " belongs to the pool " + share.text("poolId")
                                    + " whose metadata was in its layer \"" + home + "\", " + source
                                    + ", and there is none any more",
                            List.of()));
            return new Discovery(stored, share.ident(), secrets);
        }
    }

    private static StoredMetadata readable(StoredMetadata stored, LayerSource layer) {
        if (stored.config().isEmpty()
                || !stored.isOfOurVersion()
                || stored.text("metaLayerIdent").isEmpty()) {
            throw new MetadataException(
                    "The metadata in " + layer + " cannot be read"
                            + (stored.config().isEmpty() || stored.isOfOurVersion()
                                    ? ". Open the pool by Korm.pool() as it was, with adoptMeta()"
                                    : ": it is of the version "
                                            + stored.version().orElse("none")
                                            + ". Open the pool with the version of korm that wrote it"),
                    List.of());
        }
        return stored;
    }

    public String metaLayer() {
        return stored.layer();
    }

    /** Returns the name in the pool of the layer that it was discovered from. */
    public String given() {
        return given;
    }

    public Set<String> layers() {
        return stored.layers().keySet();
    }

    public Set<String> depots() {
        return stored.depots().keySet();
    }

    /**
     * Returns the source of a layer.
     *
     * @throws ConfigurationException when nobody knows how to open it
     */
    public LayerSource layer(String name) {
        return source(
                name,
                described(entry("layers", name), stored.ours("layers", name), "layers." + name, seals, "layer"),
                factories);
    }

    private Document entry(String list, String name) {
        return stored.config().orElseThrow().list(list).stream()
                .filter(Document.class::isInstance)
                .map(Document.class::cast)
                .filter(entry -> entry.text("ident").equals(name))
                .findFirst()
                .orElse(Document.EMPTY);
    }

    private static LayerSource source(String name, LayerDescription recorded, List<StoreFactory> factories) {
        return first(factories, factory -> factory.layer(recorded))
                .orElseThrow(() -> unknown("layer", name, recorded.type(), recorded.location()));
    }

    private static <T> Optional<T> first(List<StoreFactory> factories, Function<StoreFactory, Optional<T>> asked) {
        for (StoreFactory factory : factories) {
            Optional<T> answer = asked.apply(factory);
            if (answer.isPresent()) {
                return answer;
            }
        }
        return Optional.empty();
    }

    private static ConfigurationException unknown(String kind, String name, String type, Location location) {
        String why = location instanceof LayerDescription.Unknown
                ? "where it is was not recorded, as it is not where there was no key to seal it with, or a data source was given"
                : "no module of this program knows how to open one of its kind, or its file in META-INF/services is not put together with those of others in one jar";
        return new ConfigurationException("The pool's " + kind + " \"" + name + "\" of the kind \"" + type
                + "\" cannot be opened as it is recorded: " + why + ". Give it by " + kind + "(\"" + name
                + "\", …) before open()");
    }

    private static LayerDescription described(
            Document entry, Optional<Document> more, String where, MetadataSeals seals, String kind) {
        Location location = StoredMetadata.object(entry, "config")
                .map(config -> location(config, more, where, seals, kind))
                .orElse(new LayerDescription.Unknown());
        return new LayerDescription(
                entry.get("type").map(Object::toString).orElse(""),
                location,
                StoredLocation.texts(more.flatMap(found -> StoredMetadata.object(found, "settings"))));
    }

    private static Location location(
            Document config, Optional<Document> more, String where, MetadataSeals seals, String kind) {
        String identity =
                more.flatMap(found -> found.get("place")).map(Object::toString).orElse("");
        try {
            return new StoredLocation(seals).read(config, where, identity);
        } catch (SealException | MissingKeyException closed) {
            throw notOpened(where, kind, closed);
        }
    }

    private static ConfigurationException notOpened(String where, String kind, KormException closed) {
        String name = where.substring(where.indexOf('.') + 1);
        return new ConfigurationException("The credentials of the pool's " + kind + " \"" + name
                + "\" are sealed in its metadata, and do not open: " + closed.getMessage()
                + ". Give the key ring that sealed them by keys(…), or the " + kind + " itself by " + kind + "(\""
                + name
                + "\", …), before open()");
    }

    /** Works as {@link #layer}, for a depot. */
    public DepotSource depot(String name) {
        Document entry = entry("depots", name);
        Optional<Document> more = stored.ours("depots", name);
        Optional<Document> wrapping = more.flatMap(found -> StoredMetadata.object(found, "wrapping"));
        String where = "depots." + name;
        DepotDescription recorded = wrapping.isPresent()
                ? wrapped(wrapping.get(), where)
                : depot(described(entry, more, where, seals, "depot"), Optional.empty());
        return source(name, recorded);
    }

    private static DepotDescription depot(LayerDescription place, Optional<DepotDescription.Wrapping> wrapping) {
        return new DepotDescription(place.type(), place.location(), wrapping);
    }

    private DepotDescription wrapped(Document wrapping, String where) {
        String kind = wrapping.get("kind").map(Object::toString).orElse("");
        List<DepotDescription> inner = new ArrayList<>();
        Optional<Document> entry = StoredMetadata.entry(wrapping, "inner", 0);
        for (int i = 0; entry.isPresent(); entry = StoredMetadata.entry(wrapping, "inner", ++i)) {
            String place = where + "." + kind + "." + i;
            Optional<Document> deeper = StoredMetadata.object(entry.get(), "wrapping");
            inner.add(
                    deeper.isPresent()
                            ? wrapped(deeper.get(), place)
                            : depot(described(entry.get(), Optional.empty(), place, seals, "depot"), Optional.empty()));
        }
        return DepotDescription.around(kind, inner.toArray(DepotDescription[]::new));
    }

    private DepotSource source(String name, DepotDescription recorded) {
        StoreFactory.Inner inner = new StoreFactory.Inner() {
            @Override
            public DepotSource depot(DepotDescription other) {
                return source(name, other);
            }

            @Override
            public KeyRing keys() {
                return secrets.ring();
            }
        };
        return first(factories, factory -> factory.depot(recorded, inner))
                .orElseThrow(() -> unknown("depot", name, recorded.type(), recorded.location()));
    }

    /** Returns the journal; empty where none is recorded. */
    public Optional<JournalSource> journal() {
        Optional<JournalDescription> recorded = stored.object(MetadataDocument.OURS + ".journal")
                .map(journal -> new JournalDescription(
                        journal.get("type").map(Object::toString).orElse(""),
                        StoredLocation.texts(StoredMetadata.object(journal, "settings"))))
                .or(() -> stored.object("wal").map(Discovery::log));
        return recorded.map(journal -> first(factories, factory -> factory.journal(journal))
                .orElseThrow(() -> new ConfigurationException("The pool's journal of the kind \"" + journal.type()
                        + "\" cannot be opened as it is recorded: no module of this program knows how to. Add korm-wal to the program, have the files of META-INF/services put together where it is one jar with everything in it,"
                        + " or give the journal by withWal(…) before open()")));
    }

    /** Returns the original's log in our words. */
    private static JournalDescription log(Document wal) {
        Map<String, String> settings = new TreeMap<>();
        wal.get("depotIdent").ifPresent(depot -> settings.put(JournalDescription.DEPOT_NAME, depot.toString()));
        wal.get("walNamespace").ifPresent(name -> settings.put(JournalDescription.NAMESPACE, name.toString()));
        wal.get("retention").ifPresent(fate -> settings.put(JournalDescription.RETENTION, fate.toString()));
        return new JournalDescription(JournalDescription.DEPOT, settings);
    }

    /** Returns how locks are shared; empty where they are not. */
    public Optional<PoolLocks.Sharing> locks() {
        return stored.text("locks.layerIdent").map(layer -> {
            LockOptions options = LockOptions.defaults();
            Optional<Duration> lease = stored.number("locks.ttlMs").map(Duration::ofMillis);
            Optional<Duration> retry = stored.number("locks.retryMs").map(Duration::ofMillis);
            options = lease.isPresent() ? options.withLease(lease.get()) : options;
            options = retry.isPresent() ? options.withRetry(retry.get()) : options;
            Duration most = options.lease().dividedBy(2);
            Optional<Duration> renewal = stored.number("locks.refreshMs")
                    .map(Duration::ofMillis)
                    .filter(after -> !after.isZero() && !after.isNegative() && after.compareTo(most) <= 0);
            return new PoolLocks.Sharing(layer, renewal.isPresent() ? options.withRenewal(renewal.get()) : options);
        });
    }

    public boolean keepsHistory() {
        return stored.config()
                .flatMap(found -> found.get(MetadataDocument.OURS + ".history"))
                .filter(Boolean.TRUE::equals)
                .isPresent();
    }

    /** Returns the default layers of collections, as {@code DefaultLayers} records them. */
    public Map<String, String> homes() {
        return StoredLocation.texts(stored.object(MetadataDocument.OURS + ".homes"));
    }

    /** Returns the release policy of a depot's files; empty where it is not known. */
    public Optional<String> release(String depot) {
        return stored.ours("depots", depot).flatMap(more -> more.get("release")).map(Object::toString);
    }

    /** Returns the member {@code backups}. */
    public Optional<Document> backups() {
        return stored.object("backups");
    }
}
