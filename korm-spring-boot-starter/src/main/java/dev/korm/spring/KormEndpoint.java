package dev.korm.spring;

import dev.korm.Pool;
import dev.korm.backup.BackupStatus;
import dev.korm.event.PoolMetrics;
import dev.korm.recovery.QuarantinedChange;
import dev.korm.recovery.RecoveryReport;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** The endpoint {@code korm} of Actuator: layers, depots, locks, journal and backups of the pool. It shows no credential and no data of items. */
@Endpoint(id = "korm")
public class KormEndpoint {
    private final Pool pool;
    private final KormProperties properties;
    private final StoreDescriptions stores;

    KormEndpoint(Pool pool, KormProperties properties, StoreDescriptions stores) {
        this.pool = pool;
        this.properties = properties;
        this.stores = stores;
    }

    /** Returns the pool as it is now. */
    @ReadOperation
    public PoolDescriptor pool() {
        PoolMetrics metrics = pool.metrics();
        Map<String, LayerDescriptor> layers = new LinkedHashMap<>();
        pool.layers().forEach(name -> layers.put(name, new LayerDescriptor(stores.of(name), dataSource(name))));
        return new PoolDescriptor(pool.id(), layers, pool.depots(), locks(metrics), journal(metrics), backups());
    }

    private Optional<String> dataSource(String layer) {
        return Optional.ofNullable(properties.getLayers().get(layer)).map(LayerProperties::getDataSource);
    }

    private Locks locks(PoolMetrics metrics) {
        return new Locks(
                Optional.ofNullable(properties.getLocks().getLayer()),
                metrics.acquiredLocks(),
                metrics.awaitedLocks(),
                metrics.lockTimeouts(),
                metrics.lostLocks(),
                metrics.fencedWrites());
    }

    private Journal journal(PoolMetrics metrics) {
        return new Journal(
                Optional.ofNullable(properties.getJournal()),
                metrics.journalFailures() > 0,
                metrics.journalAppends(),
                metrics.journalEntries(),
                metrics.storedChanges(),
                metrics.incompleteChanges(),
                pool.recovery().atOpening(),
                pool.recovery().quarantined().stream().map(Quarantined::of).toList());
    }

    private List<Backup> backups() {
        return pool.backups().status().stream().map(Backup::of).toList();
    }

    /** The pool. */
    public record PoolDescriptor(
            String id,
            Map<String, LayerDescriptor> layers,
            List<String> depots,
            Locks locks,
            Journal journal,
            List<Backup> backups) {}

    /**
     * A layer.
     *
     * @param store where it is, without user and password
     * @param dataSource the bean that its connections come from; empty where korm makes them
     */
    public record LayerDescriptor(String store, Optional<String> dataSource) {}

    /**
     * The locks of the pool since it was opened.
     *
     * @param layer the one that they are shared in; empty where they hold within the program
     */
    public record Locks(
            Optional<String> layer, long acquired, long awaited, long timeouts, long lost, long fencedWrites) {}

    /**
     * The journal, and what became of changes of several layers.
     *
     * @param folder where it is; empty without one
     * @param failed whether it takes no more changes until the pool is opened anew
     */
    public record Journal(
            Optional<String> folder,
            boolean failed,
            long appends,
            long entries,
            long storedChanges,
            long incompleteChanges,
            RecoveryReport atOpening,
            List<Quarantined> quarantined) {}

    /** A change of several layers that waits for a person's decision. */
    public record Quarantined(String id, Instant time, List<String> stored, List<Missing> missing) {
        static Quarantined of(QuarantinedChange change) {
            return new Quarantined(
                    change.id(),
                    change.time(),
                    change.stored(),
                    change.missing().stream()
                            .map(each -> new Missing(
                                    each.layer(),
                                    each.items().stream().map(Object::toString).toList(),
                                    each.reason()))
                            .toList());
        }
    }

    /**
     * A layer that lacks a change.
     *
     * @param items the names of the items that it was to write there
     */
    public record Missing(String layer, List<String> items, String reason) {}

    /** The schedule of a layer's backups. */
    public record Backup(
            String layer, Instant nextRun, @Nullable Instant lastSuccess, int failures, boolean running) {
        static Backup of(BackupStatus status) {
            return new Backup(
                    status.layer(),
                    status.nextRun(),
                    status.lastSuccess().orElse(null),
                    status.failures(),
                    status.running());
        }
    }
}
