package dev.korm.engine.observe;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Streams that were neither read to their end nor closed, and hold a connection for ever. Seen when one is collected, and told when the next stream is opened, so
 * that no thread is needed. The first of a collection is told without its place, which is noted from then on: a stream that is closed pays nothing for others.
 */
public final class UnclosedStreams {
    private static final ReferenceQueue<Object> COLLECTED = new ReferenceQueue<>();

    /** A reference that nobody holds would never be told of. */
    private static final Set<Opened> OPEN = ConcurrentHashMap.newKeySet();

    private static final Set<String> LEAKING = ConcurrentHashMap.newKeySet();

    private UnclosedStreams() {}

    /** A stream that is open. */
    public static final class Opened extends PhantomReference<Object> {
        private final String collection;
        private final @Nullable String place;

        private Opened(Object stream, String collection, @Nullable String place) {
            super(stream, COLLECTED);
            this.collection = collection;
            this.place = place;
        }

        /** Notes that the stream has let its rows go. */
        public void closed() {
            OPEN.remove(this);
            clear();
        }
    }

    /**
     * Notes that a stream is open.
     *
     * @param stream is collected when nobody can close it any more
     * @return to be told of the end; null where nobody reads the log
     */
    public static @Nullable Opened opened(Object stream, String collection) {
        if (!UsageLog.isOn()) {
            return null;
        }
        tell();
        Opened opened = new Opened(stream, collection, LEAKING.contains(collection) ? UsageLog.place() : null);
        OPEN.add(opened);
        return opened;
    }

    private static void tell() {
        for (Reference<?> lost = COLLECTED.poll(); lost != null; lost = COLLECTED.poll()) {
            Opened opened = (Opened) lost;
            if (!OPEN.remove(opened)) {
                continue;
            }
            boolean first = LEAKING.add(opened.collection);
            if (first || opened.place != null) {
                say(opened);
            }
        }
    }

    private static void say(Opened opened) {
        String what = "A stream of " + opened.collection
                + " was neither read to its end nor closed, and holds a connection: open it in a try-with-resources";
        if (opened.place == null) {
            UsageLog.warn(what + ". The place is told when it happens again");
        } else {
            UsageLog.onceAt(opened.place, what);
        }
    }
}
