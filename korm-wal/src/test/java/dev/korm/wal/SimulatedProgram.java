package dev.korm.wal;

import dev.korm.DeletePolicy;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.deletion.SoftDelete;
import dev.korm.depots.local.LocalDepot;
import dev.korm.file.FileRef;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.JournalSource;
import dev.korm.testkit.fault.CrashingClient;
import dev.korm.testkit.fault.CrashingClient.Killed;
import dev.korm.testkit.fault.CrashingFiles;
import dev.korm.testkit.fault.CrashingLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.wal.PoolHistory.Found;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A program with a pool over simulated databases, and a folder and a journal on a simulated disk. */
final class SimulatedProgram {
    private final CrashingFiles disk;
    private final FileSystem files;
    private final Environment environment;
    private final List<CrashingClient> clients = new ArrayList<>();
    private final PoolBuilder builder = Korm.pool();
    private final @Nullable ShortcutStores shortcuts;
    private @Nullable Pool pool;
    private boolean dead;
    private boolean busy;
    private int due = -1;

    /**
     * What all of it stores.
     *
     * @param number of the change that stored it
     * @param fileNumber of the change that stored its file
     */
    record Part(
            long number,
            long fileNumber,
            @Nullable FileRef file,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Part> owner) {}

    /** The same, in worlds that keep what is deleted. Who declares it comes first; the others need not know. */
    @SoftDelete
    record KeptPart(
            long number,
            long fileNumber,
            @Nullable FileRef file,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<KeptPart> owner) {}

    /** @param ahead by how much its clock is fast */
    SimulatedProgram(
            CrashingFiles disk,
            Map<String, CrashingLayer> databases,
            VirtualEnvironment time,
            Duration ahead,
            Wal.Settings settings,
            @Nullable EngineShortcut shortcut,
            CrashingLayer.Listener step) {
        this.disk = disk;
        files = disk.process();
        environment = new SkewedClock(time.withFiles(files), ahead);
        String coordinator = coordinator(databases);
        shortcuts = shortcut == null ? null : new ShortcutStores(shortcut);
        databases.forEach((name, database) -> {
            CrashingClient client = database.client(step);
            clients.add(client);
            builder.layer(name, shortcuts == null ? client : shortcuts.layer(client, name.equals(coordinator)));
        });
        DepotSource depot = LocalDepot.at("/files");
        JournalSource journal = Wal.at("/journal").with(settings);
        builder.depot("files", shortcuts == null ? depot : shortcuts.depot(depot))
                .withWal(shortcuts == null ? journal : shortcuts.journal(journal))
                .environment(environment);
    }

    /** Returns the layer that decides about all changes that it takes part in. */
    static String coordinator(Map<String, CrashingLayer> databases) {
        return databases.entrySet().stream()
                .max(Map.Entry.<String, CrashingLayer>comparingByValue(
                                Comparator.comparing(CrashingLayer::isSingleWriter))
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElseThrow();
    }

    static String key(String layer, Rn<?> rn) {
        return key(layer, rn.id().orElseThrow());
    }

    static String key(String layer, String id) {
        return layer + "/" + id;
    }

    /** Tells a step that is left out which items are being moved. */
    void moving(Set<String> ids) {
        if (shortcuts != null) {
            shortcuts.moving = ids;
        }
    }

    void open() {
        pool = builder.open();
    }

    Pool pool() {
        return Objects.requireNonNull(pool);
    }

    Items<Part> items() {
        return Korm.item(Part.class, pool());
    }

    void close() {
        pool().close();
        kill();
    }

    void kill() {
        if (!dead) {
            dead = true;
            clients.forEach(CrashingClient::kill);
            disk.kill(files);
        }
    }

    /** Forgets a program that was killed, so that this process does not keep what its pool keeps in it. */
    void bury() {
        try {
            if (pool != null) {
                pool.close();
            }
        } catch (RuntimeException | Error dead) {
            // What a dead program says does not matter.
            return;
        }
    }

    boolean isDead() {
        return dead;
    }

    void requireAlive() {
        if (dead) {
            throw new Killed();
        }
    }

    boolean isBusy() {
        return busy;
    }

    void busy(boolean now) {
        busy = now;
    }

    /** Has it killed some steps from now; 1 is the next. */
    void killAt(int step) {
        due = step;
    }

    /** Counts a step, and returns whether the program is to be killed at it. */
    boolean isDue() {
        return due > 0 && --due == 0;
    }

    /** Returns every item that its pool finds, by its layer and id, also deleted ones that are kept. */
    Map<String, Found> found() {
        return found("part");
    }

    /** Returns the same of items of one kind. */
    Map<String, Found> found(String kind) {
        Map<String, Found> found = new HashMap<>();
        for (String layer : pool().layers()) {
            List<Item<Part>> all = items().fromQuery(layer, "sim", kind)
                    .includeDeleted()
                    .resolvePaths("file")
                    .get();
            for (Item<Part> item : all) {
                Part part = item.data();
                FileRef file = part.file();
                found.put(
                        key(layer, item.rn()),
                        new Found(
                                item.rn().id().orElseThrow(),
                                layer,
                                part.number(),
                                part.fileNumber(),
                                file == null ? null : text(file),
                                part.owner() == null ? null : key(ownersLayer(item), part.owner()),
                                item.deletedAt().isPresent()));
            }
        }
        return found;
    }

    /** Returns the layer in which an item names its owner. */
    static String ownersLayer(Item<Part> item) {
        return Objects.requireNonNull(item.data().owner())
                .layer()
                .orElseGet(() -> item.rn().layer().orElseThrow());
    }

    List<Item<Part>> all(String layer) {
        return items().fromQuery(layer, "sim", "part").resolvePaths("file").get();
    }

    private static String text(FileRef file) {
        try {
            return new String(file.bytes(), StandardCharsets.UTF_8);
        } catch (KormException unread) {
            return unread.toString();
        }
    }
}
