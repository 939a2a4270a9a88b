package dev.korm.depots.discover;

import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.mirror.MirrorDepot;
import dev.korm.depots.sealed.SealedDepot;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotDescription.Wrapping;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.discover.StoreFactory;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sources of the depots that metadata names {@code local}, and of what seals and mirrors them. */
public final class FileStores implements StoreFactory {
    @Override
    public Optional<DepotSource> depot(DepotDescription recorded, Inner inner) {
        return Optional.ofNullable(
                recorded.wrapping().isPresent() ? around(recorded.wrapping().get(), inner) : byItself(recorded));
    }

    private static @Nullable DepotSource around(Wrapping wrapping, Inner inner) {
        List<DepotDescription> depots = wrapping.inner();
        if (wrapping.kind().equals("sealed")) {
            return SealedDepot.in(inner.depot(depots.get(0)), inner.keys());
        }
        return wrapping.kind().equals("mirror") && depots.size() == 2
                ? MirrorDepot.of(inner.depot(depots.get(0)), inner.depot(depots.get(1)))
                : null;
    }

    private static @Nullable DepotSource byItself(DepotDescription recorded) {
        return recorded.type().equals("local") && recorded.location() instanceof LayerDescription.Path path
                ? LocalDepot.at(path.path())
                : null;
    }
}
