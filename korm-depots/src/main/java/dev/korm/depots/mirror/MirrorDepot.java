package dev.korm.depots.mirror;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;

/**
 * Every file in two depots. What is read is checked first, and comes from the second depot where the first does not have it
 * whole; so a large file is read twice.
 *
 * <pre>{@code
 * .depot("files", MirrorDepot.of(LocalDepot.at("files"), S3Depot.bucket("mirror")))
 * }</pre>
 *
 * <p>A file is stored when both have it. When the second fails, the call fails, and {@link MirroredDepot#repair} brings the
 * second to what the first has.
 *
 * <p>Immutable.
 */
public final class MirrorDepot implements DepotSource {
    private final DepotSource first;
    private final DepotSource second;

    private MirrorDepot(DepotSource first, DepotSource second) {
        this.first = first;
        this.second = second;
    }

    /** Creates a mirror of two depots. The first decides about conditions, is listed, and is asked first. */
    public static MirrorDepot of(DepotSource first, DepotSource second) {
        requireNonNull(first, "first");
        requireNonNull(second, "second");
        return new MirrorDepot(first, second);
    }

    /** Returns the place of the first depot, and both. */
    @Override
    public DepotDescription description() {
        return DepotDescription.around("mirror", first.description(), second.description());
    }

    @Override
    public Depot open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        Depot one = first.open(name, environment);
        try {
            return new OpenMirrorDepot(one, second.open(name, environment));
        } catch (RuntimeException | Error failed) {
            one.close();
            throw failed;
        }
    }

    @Override
    public String toString() {
        return "MirrorDepot[" + first + ", " + second + "]";
    }
}
