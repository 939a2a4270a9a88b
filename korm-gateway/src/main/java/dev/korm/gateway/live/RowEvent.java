package dev.korm.gateway.live;

import dev.korm.gateway.wire.Json;
import dev.korm.gateway.wire.SharedText;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.databind.util.RawValue;

/** A change of a row, as the event of the protocol; made once for all subscribers. */
public final class RowEvent {
    private final String json;
    private final boolean followed;
    private volatile @Nullable Framed framed;

    /** A frame that was made of an event. */
    private record Framed(String hashId, long version, SharedText text) {}

    private RowEvent(String json, boolean followed) {
        this.json = json;
        this.followed = followed;
    }

    /**
     * Makes an event.
     *
     * @param kind {@code added}, {@code modified} or {@code removed}
     * @param position where the row is, once what is before was applied; none when it is gone
     * @param from where it was; none when it was not there
     * @param row the row's JSON text; none when it is gone
     * @param remaining how many events of the same change follow
     */
    static RowEvent of(
            String kind,
            String id,
            @Nullable Integer position,
            @Nullable Integer from,
            @Nullable String row,
            long version,
            int remaining) {
        ObjectNode event = Json.MAPPER.createObjectNode();
        event.put("kind", kind);
        event.put("pk", id);
        event.put("pos", position);
        event.put("from", from);
        event.put("needFetch", false);
        if (row != null) {
            event.putRawValue("row", new RawValue(row));
        }
        event.put("lsn", Long.toString(version));
        event.put("remaining", remaining);
        return new RowEvent(event.toString(), remaining > 0);
    }

    /**
     * Returns an event that somebody else made.
     *
     * @param json the text of a JSON object
     * @param followed whether another is told at once after it
     */
    public static RowEvent made(String json, boolean followed) {
        return new RowEvent(json, followed);
    }

    /** Returns the event's frame. Most who follow a query have given it the same name, so the last is kept for the next of them. */
    public SharedText frame(String hashId, long version) {
        Framed known = framed;
        if (known == null || known.version != version || !known.hashId.equals(hashId)) {
            known = new Framed(
                    hashId,
                    version,
                    new SharedText("{\"op\":\"rowEvent\",\"hashId\":" + StringNode.valueOf(hashId) + ",\"event\":"
                            + json + ",\"version\":" + version + "}"));
            framed = known;
        }
        return known.text;
    }

    /** Returns whether another event is told at once after this one, so that both leave together. */
    public boolean isFollowed() {
        return followed;
    }

    /** Returns the event as JSON text. */
    public String json() {
        return json;
    }
}
