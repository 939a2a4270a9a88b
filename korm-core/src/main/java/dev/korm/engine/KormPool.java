package dev.korm.engine;

import dev.korm.ClosedException;
import dev.korm.ConfigurationException;
import dev.korm.DanglingReference;
import dev.korm.Document;
import dev.korm.FileRelease;
import dev.korm.Keys;
import dev.korm.Pool;
import dev.korm.PoolFiles;
import dev.korm.Rn;
import dev.korm.Rotation;
import dev.korm.ScanProgress;
import dev.korm.Sweep;
import dev.korm.model.Models;
import dev.korm.spi.Depot;
import dev.korm.spi.Environment;
import dev.korm.spi.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** An open pool. Safe for many threads. */
final class KormPool implements Pool {
    private final String id;
    private final Map<String, OpenLayer> layers;
    private final OpenDepots depots;
    private final FileLocks fileLocks = new FileLocks();
    private final Set<String> staging = ConcurrentHashMap.newKeySet();
    private final Homes homes;
    private final Parallel parallel;
    private final Secrets secrets;
    private final Environment environment;
    private final Reader reader = new Reader();
    private final Set<Rotation.Running> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    KormPool(
            String id,
            Map<String, OpenLayer> layers,
            OpenDepots depots,
            Homes homes,
            Parallel parallel,
            Secrets secrets,
            Environment environment) {
        this.id = id;
        this.layers = layers;
        this.depots = depots;
        this.homes = homes;
        this.parallel = parallel;
        this.secrets = secrets;
        this.environment = environment;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public List<String> layers() {
        return List.copyOf(layers.keySet());
    }

    /** All layers, in the order in which they were given. */
    List<OpenLayer> openLayers() {
        requireOpen();
        return List.copyOf(layers.values());
    }

    /** Monotonic nanoseconds. */
    long nanoTime() {
        return environment.nanoTime();
    }

    /** The RN of a collection as this pool's items are named where nobody asked for them by a name. */
    <T> Rn<T> collection(OpenLayer layer, TableName table) {
        Rn<T> bare = Rn.collection(table.namespace(), table.kind());
        return layers.size() == 1 ? bare : bare.from(layer.layer());
    }

    /** The items of a table, whatever they are. */
    Home<Document> documents(OpenLayer layer, TableName table) {
        return new Home<>(this, layer, Models.of(Document.class), table, collection(layer, table));
    }

    @Override
    public Stream<DanglingReference> danglingReferences() {
        return danglingReferences(progress -> {});
    }

    @Override
    public Stream<DanglingReference> danglingReferences(Consumer<ScanProgress> progress) {
        return DanglingScan.of(this, progress);
    }

    Parallel parallel() {
        return parallel;
    }

    @Override
    public List<String> depots() {
        return depots.names();
    }

    @Override
    public Depot depot(String name) {
        requireOpen();
        return depots.get(name);
    }

    /** The depot of a file or prefix. */
    Depot depot(Rn<?> file) {
        requireOpen();
        return depots.of(file);
    }

    boolean hasDepot(Rn<?> file) {
        return file.depot().filter(depots.names()::contains).isPresent();
    }

    /** What becomes of a file that is not named any more. */
    FileRelease release(Rn<?> file) {
        return depots.release(file);
    }

    @Override
    public PoolFiles files() {
        requireOpen();
        return new OpenFiles(this);
    }

    @Override
    public Sweep sweep() {
        requireOpen();
        return new Sweeping(this);
    }

    FileLocks fileLocks() {
        return fileLocks;
    }

    /** The changes of this pool that are under way and have staged files. */
    Set<String> staging() {
        return staging;
    }

    Instant now() {
        return environment.clock().instant();
    }

    void pause(Duration time) {
        try {
            environment.sleep(time);
        } catch (InterruptedException interrupted) {
            // The caller tries once more at once, and sees to it.
            Thread.currentThread().interrupt();
        }
    }

    Reader reader() {
        return reader;
    }

    /**
     * A layer by name.
     *
     * @throws ConfigurationException when the pool has none of that name
     */
    OpenLayer layer(String name) {
        requireOpen();
        OpenLayer layer = layers.get(name);
        if (layer == null) {
            throw new ConfigurationException(
                    "There is no layer \"" + name + "\" in the pool; it has " + String.join(", ", layers.keySet()));
        }
        return layer;
    }

    /** The layer of a collection whose RN names none. */
    OpenLayer homeOf(Rn<?> collection) {
        requireOpen();
        Optional<String> home = homes.of(collection.namespace(), collection.kind());
        if (home.isPresent()) {
            return layer(home.get());
        }
        if (layers.size() != 1) {
            throw new ConfigurationException("The pool has the layers " + String.join(", ", layers.keySet())
                    + ", so the layer of " + collection + " must be named: as the first argument, by @Stored, by the"
                    + " RN's from mod, or for many at once by home(…) or defaultLayer(…) when the pool is made");
        }
        return layers.values().iterator().next();
    }

    /** A new version 4 UUID. */
    String newId() {
        long high = environment.random().nextLong();
        long low = environment.random().nextLong();
        return new UUID((high & ~0xf000L) | 0x4000L, (low & ~(0xc0L << 56)) | (0x80L << 56)).toString();
    }

    Environment environment() {
        return environment;
    }

    @Override
    public Keys keys() {
        return new PoolKeys(this, secrets.ring());
    }

    /** Has something ended before the layers are. */
    void closeFirst(Rotation.Running work) {
        running.add(work);
        if (closed.get()) {
            work.close();
        }
    }

    /** Forgets what has ended by itself. */
    void closed(Rotation.Running work) {
        running.remove(work);
    }

    void requireOpen() {
        if (closed.get()) {
            throw new ClosedException("The pool is closed; open a new one");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            running.forEach(Rotation.Running::close);
            parallel.close();
            try {
                List<AutoCloseable> all = new ArrayList<>(layers.values());
                all.addAll(depots.all());
                closeAll(all);
            } finally {
                secrets.close();
            }
        }
    }

    /** Closes everything, even when one fails to; throws the first failure with the others suppressed. */
    static void closeAll(List<? extends AutoCloseable> all) {
        RuntimeException failure = null;
        for (AutoCloseable one : all) {
            try {
                one.close();
            } catch (Exception checked) {
                RuntimeException failed = checked instanceof RuntimeException unchecked
                        ? unchecked
                        : new IllegalStateException("Nothing that a pool closes throws checked exceptions", checked);
                if (failure == null) {
                    failure = failed;
                } else {
                    failure.addSuppressed(failed);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
