package dev.korm.engine.depot;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.engine.context.ItemIds;
import dev.korm.engine.context.PoolLifecycle;
import dev.korm.file.FileRelease;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** The depots of an open pool, with what the changes of their files share. Safe for many threads. */
public final class OpenDepots {
    private final Map<String, Depot> depots;
    private final Map<String, FileRelease> releases;

    private final String poolId;
    private final PoolLifecycle lifecycle;
    private final Environment environment;
    private final boolean recording;
    private final FileLocks fileLocks;
    private final SetAsideFiles setAside = new SetAsideFiles();
    private final Set<String> staging = ConcurrentHashMap.newKeySet();

    /** @param recording whether the bytes of files are kept with the history */
    public OpenDepots(
            String poolId,
            Map<String, Depot> depots,
            Map<String, FileRelease> releases,
            boolean recording,
            FileLocks fileLocks,
            PoolLifecycle lifecycle,
            Environment environment) {
        this.poolId = poolId;
        this.depots = new LinkedHashMap<>(depots);
        this.releases = Map.copyOf(releases);
        this.recording = recording;
        this.fileLocks = fileLocks;
        this.lifecycle = lifecycle;
        this.environment = environment;
    }

    /** Returns the same with each depot seen in another way. */
    public OpenDepots with(UnaryOperator<Depot> view) {
        Map<String, Depot> seen = new LinkedHashMap<>();
        depots.forEach((name, depot) -> seen.put(name, view.apply(depot)));
        return new OpenDepots(poolId, seen, releases, recording, fileLocks, lifecycle, environment);
    }

    /** Returns the id of the pool. */
    public String id() {
        return poolId;
    }

    /** Returns the locks that order the changes of one file. */
    public FileLocks fileLocks() {
        return fileLocks;
    }

    /** Returns the changes of this pool that are under way and have staged files. */
    public Set<String> staging() {
        return staging;
    }

    /** Returns whether the bytes of files are kept with the history. */
    public boolean areRecorded() {
        return recording;
    }

    public Instant now() {
        return environment.clock().instant();
    }

    /** Returns a new version 4 UUID. */
    public String newId() {
        return ItemIds.random(environment);
    }

    /** Waits. */
    public void sleep(Duration time) throws InterruptedException {
        environment.sleep(time);
    }

    /** Returns what the last look at staged files could not settle. */
    public SetAsideFiles setAside() {
        return setAside;
    }

    public List<String> names() {
        return List.copyOf(depots.keySet());
    }

    /** Returns whether the pool has none. */
    public boolean isEmpty() {
        return depots.isEmpty();
    }

    public boolean hasDepot(Rn<?> file) {
        return file.depot().filter(depots::containsKey).isPresent();
    }

    public Collection<Depot> all() {
        return depots.values();
    }

    /**
     * Returns a depot by name.
     *
     * @throws ConfigurationException when the pool has none of that name
     */
    public Depot depot(String name) {
        lifecycle.requireOpen();
        Depot depot = depots.get(name);
        if (depot == null) {
            throw new ConfigurationException("There is no depot \"" + name + "\" in the pool; "
                    + (depots.isEmpty()
                            ? "it has none, and takes one by depot(\"" + name + "\", …) before open()"
                            : "it has " + String.join(", ", depots.keySet())));
        }
        return depot;
    }

    /** Returns the depot of a file or prefix. */
    public Depot depot(Rn<?> file) {
        return depot(file.depot()
                .orElseThrow(() -> new ConfigurationException(
                        file + " names no file: it has no depot mod, as in [rn][depot::files]:folder:file")));
    }

    public FileRelease release(Rn<?> file) {
        return releases.getOrDefault(file.depot().orElse(""), FileRelease.KEEP);
    }
}
