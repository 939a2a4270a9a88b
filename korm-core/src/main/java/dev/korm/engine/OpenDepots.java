package dev.korm.engine;

import dev.korm.ConfigurationException;
import dev.korm.FileRelease;
import dev.korm.Rn;
import dev.korm.spi.Depot;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The depots of an open pool. Immutable. */
final class OpenDepots {
    static final OpenDepots NONE = new OpenDepots(Map.of(), Map.of());

    private final Map<String, Depot> depots;
    private final Map<String, FileRelease> releases;

    OpenDepots(Map<String, Depot> depots, Map<String, FileRelease> releases) {
        this.depots = new LinkedHashMap<>(depots);
        this.releases = Map.copyOf(releases);
    }

    List<String> names() {
        return List.copyOf(depots.keySet());
    }

    Collection<Depot> all() {
        return depots.values();
    }

    /**
     * A depot by name.
     *
     * @throws ConfigurationException when the pool has none of that name
     */
    Depot get(String name) {
        Depot depot = depots.get(name);
        if (depot == null) {
            throw new ConfigurationException("There is no depot \"" + name + "\" in the pool; "
                    + (depots.isEmpty()
                            ? "it has none, and takes one by depot(\"" + name + "\", …) before open()"
                            : "it has " + String.join(", ", depots.keySet())));
        }
        return depot;
    }

    /** The depot of a file or prefix. */
    Depot of(Rn<?> file) {
        return get(file.depot()
                .orElseThrow(() -> new ConfigurationException(
                        file + " names no file: it has no depot mod, as in [rn][depot::files]:folder:file")));
    }

    FileRelease release(Rn<?> file) {
        return releases.getOrDefault(file.depot().orElse(""), FileRelease.KEEP);
    }
}
