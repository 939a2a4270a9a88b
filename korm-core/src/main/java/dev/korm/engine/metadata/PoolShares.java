package dev.korm.engine.metadata;

import dev.korm.Document;
import dev.korm.PathException;
import dev.korm.Rn;
import dev.korm.SealException;
import dev.korm.ValueException;
import dev.korm.depot.DepotException;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.key.MissingKeyException;
import dev.korm.spi.Capabilities;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shares of a pool's metadata: in each of its layers the row of {@code __korm_share__}, in each of its depots the file {@code __korm_pool__:ID.json}. A
 * share names the pool, by the id that all pools of the same names have and by a random one that no other has, and the layer with the metadata, so that the pool
 * can be found from any of its layers.
 *
 * <p>The metadata is written first and then the shares, so each says something that is true, or is missing, which the next opening mends.
 */
final class PoolShares {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.metadata");
    private static final String FOLDER = "__korm_pool__";
    private static final int INSTANCE_BYTES = 16;
    private static final int LARGEST = 1 << 20;

    private final PoolMetadata own;
    private final Map<String, OpenLayer> layers;
    private final Function<String, Depot> depots;
    private final Environment environment;

    PoolShares(
            PoolMetadata own, Map<String, OpenLayer> layers, Function<String, Depot> depots, Environment environment) {
        this.own = own;
        this.layers = layers;
        this.depots = depots;
        this.environment = environment;
    }

    /** A share as it was found; all empty where it cannot be read. */
    record Share(Document content) {
        static Share parse(String text) {
            try {
                return new Share(Document.parse(text.stripLeading().startsWith("\"") ? unwrapped(text) : text));
            } catch (ValueException | PathException malformed) {
                return new Share(Document.EMPTY);
            }
        }

        private static String unwrapped(String text) {
            return Document.parse("{\"config\":" + text + "}").text("config");
        }

        String text(String path) {
            return content.get(path).map(Object::toString).orElse("");
        }

        /** Returns the random id of the pool. */
        String instance() {
            return text("pool");
        }

        /** Returns whether it says anything: not where it was cut off, or is sealed and read without its key. */
        boolean isReadable() {
            return !instance().isEmpty();
        }

        /** Returns the name that the layer or depot has in the pool. */
        String ident() {
            return text("ident");
        }

        String metaLayer() {
            return text("metaLayer.ident");
        }
    }

    /** Returns the shares of the layers that have one. */
    Map<String, Share> ofLayers() {
        Map<String, Share> found = new LinkedHashMap<>();
        layers.forEach((name, layer) -> PoolMetadataTable.share(layer.store())
                .read()
                .map(Share::parse)
                .ifPresent(share -> found.put(name, share)));
        return found;
    }

    /**
     * Returns in which ways the shares contradict that the layers and depots are this pool's.
     *
     * @param told the layers with metadata, whose own differences say all
     */
    List<String> differences(Map<String, Share> shares, List<String> told) {
        List<String> lines = new ArrayList<>();
        if (own.metaLayer().isPresent() && !own.isLasting()) {
            return lines;
        }
        Optional<String> instance = own.metaLayer()
                .map(shares::get)
                .or(() -> told.stream().findFirst().map(shares::get))
                .map(Share::instance);
        shares.forEach((name, share) -> {
            if (!told.contains(name)
                    && share.isReadable()
                    && !Optional.of(share.instance()).equals(instance)) {
                lines.add("layer \"" + name + "\": belongs to " + pool(share)
                        + (own.metaLayer().isPresent()
                                ? ", not to this one"
                                : ", and this pool is opened without metadata"));
            }
        });
        if (own.metaLayer().isPresent()) {
            for (String name : own.depotNames()) {
                ofDepot(name)
                        .filter(share -> share.isReadable()
                                && !Optional.of(share.instance()).equals(instance))
                        .ifPresent(share ->
                                lines.add("depot \"" + name + "\": belongs to " + pool(share) + ", not to this one"));
            }
        }
        return lines;
    }

    private static String pool(Share share) {
        return "the pool " + share.text("poolId") + " with its metadata in the layer \"" + share.metaLayer() + "\"";
    }

    private Rn<?> file(String depot) {
        return Rn.file(depot, FOLDER, own.id() + ".json");
    }

    /** Returns the share of a depot. One that does not answer keeps nobody from opening the pool. */
    private Optional<Share> ofDepot(String name) {
        try {
            Depot depot = depots.apply(name);
            if (depot.stat(file(name)).isEmpty()) {
                return Optional.empty();
            }
            try (FileContent content = depot.get(file(name));
                    InputStream bytes = content.stream()) {
                return Optional.of(Share.parse(new String(bytes.readNBytes(LARGEST), StandardCharsets.UTF_8)));
            }
        } catch (IOException | DepotException | MissingKeyException | SealException failed) {
            LOG.warn("The depot \"{}\" was not asked which pool it belongs to", name, failed);
            return Optional.empty();
        }
    }

    /**
     * Has every layer and depot carry its share.
     *
     * @param config the metadata as it is stored now
     * @return false when others have come in between
     */
    boolean write(Map<String, Share> shares, Document config, long now) {
        String home = own.metaLayer().orElseThrow();
        if (!own.isLasting() || !isWritable(home)) {
            return true;
        }
        String instance = Optional.ofNullable(shares.get(home))
                .map(Share::instance)
                .filter(id -> !id.isEmpty())
                .orElseGet(this::newInstance);
        if (!write(home, shares, share(instance, home, config), now)) {
            return false;
        }
        boolean all = true;
        for (String name : layers.keySet()) {
            if (!name.equals(home) && isWritable(name)) {
                all &= write(name, shares, share(instance, name, config), now);
            }
        }
        if (all) {
            own.depotNames().forEach(name -> writeDepot(name, share(instance, name, config)));
        }
        return all;
    }

    private boolean isWritable(String name) {
        OpenLayer layer = layers.get(name);
        return layer != null && layer.store().capabilities().access() == Capabilities.Access.READ_WRITE;
    }

    private boolean write(String name, Map<String, Share> shares, Document share, long now) {
        OpenLayer layer = layers.get(name);
        Share there = shares.get(name);
        if (layer == null || (there != null && there.content().equals(share))) {
            return true;
        }
        PoolMetadataTable table = PoolMetadataTable.share(layer.store());
        return there == null ? table.insert(share.toJson(), now) : table.replace(share.toJson(), now);
    }

    private void writeDepot(String name, Document share) {
        if (ofDepot(name).filter(there -> there.content().equals(share)).isPresent()) {
            return;
        }
        try {
            depots.apply(name)
                    .put(
                            file(name),
                            new ByteArrayInputStream(share.toJson().getBytes(StandardCharsets.UTF_8)),
                            PutOptions.NONE);
        } catch (DepotException | MissingKeyException failed) {
            LOG.warn("The depot \"{}\" could not be told which pool it belongs to", name, failed);
        }
    }

    private Document share(String instance, String name, Document config) {
        String home = own.metaLayer().orElseThrow();
        Document.Builder share = Document.builder()
                .put("version", PoolMetadata.VERSION)
                .put("pool", instance)
                .put("poolId", own.id())
                .put("ident", name);
        for (Object entry : config.list("layers")) {
            if (entry instanceof Document layer
                    && layer.get("ident").filter(home::equals).isPresent()) {
                share.put("metaLayer", layer);
            }
        }
        StoredMetadata.object(config, MetadataDocument.OURS + ".layers")
                .map(all -> all.asMap().get(home))
                .ifPresent(more -> share.put(MetadataDocument.OURS, more));
        return share.build();
    }

    private String newInstance() {
        byte[] random = new byte[INSTANCE_BYTES];
        environment.random().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
