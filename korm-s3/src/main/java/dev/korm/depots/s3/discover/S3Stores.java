package dev.korm.depots.s3.discover;

import dev.korm.depots.s3.S3Depot;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.discover.StoreFactory;
import java.util.Map;
import java.util.Optional;

/** The sources of the depots that metadata names {@code s3}. */
public final class S3Stores implements StoreFactory {
    @Override
    public Optional<DepotSource> depot(DepotDescription recorded, Inner inner) {
        return recorded.wrapping().isEmpty()
                        && recorded.type().equals("s3")
                        && recorded.location() instanceof LayerDescription.Options options
                ? Optional.of(s3(options.all()))
                : Optional.empty();
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
