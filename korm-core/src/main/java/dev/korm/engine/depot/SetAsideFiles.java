package dev.korm.engine.depot;

import dev.korm.file.PoolFiles;
import dev.korm.file.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The staged files that the latest sweep could not settle, for a program to read and for the log. Bounded. Safe for
 * many threads; looks at the same time each replace what the other found.
 */
public final class SetAsideFiles {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.files");

    private volatile List<Sweep.SetAside> latest = List.of();

    /** Begins a look, which tells of what it finds; what the one before found is forgotten. */
    public Consumer<Sweep.Finding> begin() {
        List<Sweep.SetAside> found = new ArrayList<>();
        latest = List.of();
        return finding -> {
            if (finding instanceof Sweep.SetAside setAside && found.size() < PoolFiles.MOST_SET_ASIDE) {
                found.add(setAside);
                latest = List.copyOf(found);
                LOG.warn(
                        "{} was set aside, since it could not be moved to its name: {}. The next opening of the pool,"
                                + " or sweep(), tries again",
                        setAside.file(),
                        setAside.reason().getMessage());
            }
        };
    }

    public List<Sweep.SetAside> latest() {
        return latest;
    }
}
