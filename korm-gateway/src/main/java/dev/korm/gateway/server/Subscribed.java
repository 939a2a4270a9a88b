package dev.korm.gateway.server;

import dev.korm.KormException;
import dev.korm.gateway.live.RowEvent;
import dev.korm.gateway.live.Subscriber;
import dev.korm.gateway.live.Subscriptions.Registration;
import dev.korm.gateway.wire.SharedText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of a client: what it is told becomes frames, versions strictly increasing.
 *
 * <p>The shared question calls it under its lock; the connection ends it. After {@link #end} no frame is sent.
 */
final class Subscribed implements Subscriber {
    private final String hashId;
    private final Outbox outbox;
    private final int mostBytes;
    private volatile boolean ended;
    private boolean begun;
    private long version;
    private @Nullable Registration registration;

    Subscribed(String hashId, Outbox outbox, int mostBytes) {
        this.hashId = hashId;
        this.outbox = outbox;
        this.mostBytes = mostBytes;
    }

    @Override
    public void snapshot(long now, List<Row> rows) {
        if (ended) {
            return;
        }
        long bytes = 0;
        for (Row row : rows) {
            bytes += row.json().length();
        }
        if (bytes > mostBytes) {
            ended = true;
            outbox.send(Frames.error(
                    "snapshot_failed", hashId, "The rows are larger than " + mostBytes + " bytes; ask for fewer"));
            return;
        }
        begun = true;
        version = now;
        outbox.send(Frames.snapshot(hashId, now, rows));
        outbox.send(Frames.rangeIndex(hashId, rows));
    }

    @Override
    public void change(long now, RowEvent event) {
        if (!ended && begun && now > version) {
            version = now;
            SharedText frame = event.frame(hashId, now);
            if (event.isFollowed()) {
                outbox.sendAhead(frame.text());
            } else {
                outbox.send(frame);
            }
        }
    }

    @Override
    public void interrupted() {
        outbox.flush();
    }

    @Override
    public void page(long now, byte[] diff) {
        if (!ended && begun && now > version) {
            version = now;
            outbox.send(diff, () -> Frames.diff(hashId, diff));
        }
    }

    @Override
    public void failed(KormException failure) {
        if (!ended) {
            outbox.send(
                    Frames.error(begun ? "store_unavailable" : "snapshot_failed", hashId, Connection.shown(failure)));
        }
    }

    @Override
    public boolean isSlow() {
        return outbox.isSlow();
    }

    void registered(Registration made) {
        registration = made;
    }

    /** Ends it; called by one thread at a time. */
    void end() {
        ended = true;
        Registration made = registration;
        registration = null;
        if (made != null) {
            made.close();
        }
    }
}
