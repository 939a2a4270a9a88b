package dev.korm.gateway.server;

import dev.korm.gateway.wire.SharedText;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.websocket.api.Callback;

/** A wire that keeps what it is given: what is put ahead ends with {@code +}, a flush is {@code !}. Nothing is taken until a test says so. */
final class SentFrames implements Wire {
    final List<String> sent = new ArrayList<>();
    final Deque<Callback> taken = new ArrayDeque<>();

    @Override
    public void text(String frame, Callback callback) {
        sent.add(frame);
        taken.add(callback);
    }

    @Override
    public void ahead(String frame, Callback callback) {
        text(frame + "+", callback);
    }

    @Override
    public void flush(Callback callback) {
        text("!", callback);
    }

    @Override
    public void shared(SharedText frame, Callback callback) {
        text("all: " + frame.text(), callback);
    }

    @Override
    public void binary(ByteBuffer frame, Callback callback) {
        text("binary", callback);
    }
}
