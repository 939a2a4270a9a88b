package dev.korm.depots.discover;

import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.mirror.MirrorDepot;
import dev.korm.depots.s3.S3Depot;
import dev.korm.depots.sealed.SealedDepot;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotDescription.Wrapping;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.discover.StoreFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The sources of the depots that metadata names {@code local} and {@code s3}, and of what seals and mirrors them. */
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
        if (recorded.type().equals("local") && recorded.location() instanceof LayerDescription.Path path) {
            return LocalDepot.at(path.path());
        }
        return recorded.type().equals("s3") && recorded.location() instanceof LayerDescription.Options options
                ? s3(options.all())
                : null;
    }

    private static DepotSource s3(Map<String, Object> options) {
        S3Depot depot = S3Depot.bucket(text(options, "bucket").orElse(""));
        depot = text(options, "endpoint").map(depot::endpoint).orElse(depot);
        depot = text(options, "region").map(depot::region).orElse(depot);
        depot = text(options, "prefix").map(depot::prefix).orElse(depot);
        if (Boolean.TRUE.equals(options.get("virtualHostedStyle"))) {
            depot = depot.addressing(S3Depot.Addressing.VIRTUAL_HOST);
        }
        if (Boolean.FALSE.equals(options.get("autoCreateBucket"))) {
            depot = depot.whenMissing(S3Depot.MissingBucket.FAIL);
        }
        Optional<String> id = text(options, "accessKeyId");
        Optional<String> secret = text(options, "secretAccessKey");
        if (id.isEmpty() || secret.isEmpty()) {
            return depot;
        }
        Optional<String> token = text(options, "sessionToken");
        return token.isPresent()
                ? depot.credentials(id.get(), secret.get(), token.get())
                : depot.credentials(id.get(), secret.get());
    }

    private static Optional<String> text(Map<String, Object> options, String name) {
        return Optional.ofNullable(options.get(name)).map(Object::toString).filter(text -> !text.isEmpty());
    }
}
