package dev.korm.testkit.live;

import dev.korm.live.LivePosition;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.Snapshot;
import dev.korm.spi.environment.Environment;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The content that a layer held at each of its moments that were noted, in their order, found by the positions that live queries tell. For one thread, which alone writes to the layer.
 *
 * @param <S> what it held
 */
final class MomentsOfLayer<S> implements LayerSource {
    private static final int DIGEST_BYTES = 12;

    private final LayerSource source;
    private final List<S> states = new ArrayList<>();
    private final Map<String, Places> places = new HashMap<>();
    private @Nullable Layer layer;

    /** The first and the last of the states at one position: where what changed concerned a table that nobody followed yet, the position stayed the same. */
    record Places(int first, int last) {}

    MomentsOfLayer(LayerSource source) {
        this.source = source;
    }

    @Override
    public Layer open(String name, Environment environment) {
        Layer opened = source.open(name, environment);
        layer = opened;
        return opened;
    }

    @Override
    public LayerDescription description() {
        return source.description();
    }

    /** Returns whether a question is answered as of a moment, of which the position is. */
    boolean hasMoments() {
        return opened().capabilities().has(Feature.SNAPSHOTS);
    }

    /** Notes what the layer holds now. */
    void note(S state) {
        try (Snapshot now = opened().snapshot()) {
            int place = states.size();
            places.compute(
                    now.position().text(), (any, known) -> new Places(known == null ? place : known.first(), place));
        }
        states.add(state);
    }

    /** Forgets all that was noted. */
    void forget() {
        states.clear();
        places.clear();
    }

    private Layer opened() {
        Layer open = layer;
        if (open == null) {
            throw new IllegalStateException("The layer is not open");
        }
        return open;
    }

    /** Returns what was noted last, and before, by its place. */
    List<S> states() {
        return states;
    }

    /** Returns the states at a position; null where none was noted there. */
    @Nullable Places places(String position) {
        return places.get(position);
    }

    /** Returns the position of each layer that a live query's position tells: behind a digest, and compressed, stand their number, and names with positions. */
    static Map<String, String> positions(LivePosition position) {
        byte[] whole = Base64.getUrlDecoder().decode(position.text());
        Map<String, String> positions = new HashMap<>();
        try (DataInputStream in = new DataInputStream(
                new InflaterInputStream(new ByteArrayInputStream(whole, DIGEST_BYTES, whole.length - DIGEST_BYTES)))) {
            in.readByte();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                String layer = text(in);
                positions.put(layer, text(in));
            }
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
        return positions;
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
