package dev.korm.testkit.memory;

import dev.korm.Rn;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotCapabilities.Conditional;
import dev.korm.spi.depot.DepotCapabilities.Moving;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import java.util.List;
import java.util.Set;

/**
 * A depot in memory, for tests. Every depot opened from one {@code MemoryDepot} works on the same files; they stay when it is
 * closed.
 *
 * <pre>{@code
 * MemoryDepot files = MemoryDepot.create();
 * Pool pool = Korm.pool().layer("main", MemoryLayer.create()).depot("files", files).open();
 * }</pre>
 */
public final class MemoryDepot implements DepotSource {
    private final MemoryFiles files;
    private final DepotCapabilities capabilities;

    private MemoryDepot(MemoryFiles files, DepotCapabilities capabilities) {
        this.files = files;
        this.capabilities = capabilities;
    }

    /** Returns an empty depot. */
    public static MemoryDepot create() {
        return new MemoryDepot(new MemoryFiles(), new DepotCapabilities(Set.of(Conditional.values()), Moving.RENAME));
    }

    /** Returns a depot over the same files that keeps no condition. */
    public MemoryDepot withoutConditions() {
        return new MemoryDepot(files, new DepotCapabilities(Set.of(), capabilities.moving()));
    }

    /** Changes a byte of a file behind everybody's back, and not its checksum; of an empty file, makes it longer. */
    public void damage(Rn<?> file) {
        files.damage(file);
    }

    /** Returns the names of all files, the depots' own included, in the order of their texts. */
    public List<String> names() {
        return files.names();
    }

    @Override
    public DepotDescription description() {
        return DepotDescription.of("memory");
    }

    @Override
    public Depot open(String name, Environment environment) {
        return new OpenMemoryDepot(name, files, capabilities, environment.clock());
    }
}
