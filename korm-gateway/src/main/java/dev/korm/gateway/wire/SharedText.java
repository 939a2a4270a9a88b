package dev.korm.gateway.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A text that many clients get as it is. What a server sends is not masked, so the bytes of its frame are the same for all, and are made once. Safe for many threads.
 */
public final class SharedText {
    private static final byte LAST_OF_TEXT = (byte) 0x81;
    private static final int SHORT = 125;
    private static final int MEDIUM = 0xffff;

    private final String text;
    private volatile byte @Nullable [] frame;

    public SharedText(String text) {
        this.text = text;
    }

    /** Returns the text. */
    public String text() {
        return text;
    }

    /** Returns the whole frame (RFC 6455, 5.2), to be written once. */
    public ByteBuffer frame() {
        byte[] known = frame;
        if (known == null) {
            known = framed(text.getBytes(StandardCharsets.UTF_8));
            frame = known;
        }
        return ByteBuffer.wrap(known);
    }

    private static byte[] framed(byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(10 + payload.length).put(LAST_OF_TEXT);
        if (payload.length <= SHORT) {
            frame.put((byte) payload.length);
        } else if (payload.length <= MEDIUM) {
            frame.put((byte) 126).putShort((short) payload.length);
        } else {
            frame.put((byte) 127).putLong(payload.length);
        }
        frame.put(payload).flip();
        byte[] whole = new byte[frame.remaining()];
        frame.get(whole);
        return whole;
    }
}
