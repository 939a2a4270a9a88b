package dev.korm.gateway.server;

import dev.korm.gateway.wire.SharedText;
import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;

/** The carrier of one client's frames. One frame is on its way at a time; its callback says when the next may be given. */
interface Wire {
    /** Up to so many bytes a frame is sent as it is, also where the client takes compressed ones (RFC 7692, 6): it is one packet either way, and to compress it for each client takes longer than to send it. */
    int PACKET = 1400;

    /** Sends a text, and what was put ahead of it. */
    void text(String frame, Callback taken);

    /** Puts a text ahead of another that follows at once, so that both leave with one call of the operating system; it may not leave before that. */
    void ahead(String frame, Callback taken);

    /** Sends a text that others get too. Nothing may have been put ahead of it. */
    void shared(SharedText frame, Callback taken);

    /** Sends bytes, and what was put ahead of them. */
    void binary(ByteBuffer frame, Callback taken);

    /** Sends what was put ahead of a frame that does not come. */
    void flush(Callback taken);

    /** Returns the wire of a connection of Jetty, which gathers up to 4 kB. */
    static Wire of(Session session) {
        WebSocketCoreSession core = session instanceof WebSocketSession common
                        && common.getCoreSession() instanceof WebSocketCoreSession own
                ? own
                : null;
        FrameEndPoint socket =
                core != null && core.getConnection().getEndPoint() instanceof FrameEndPoint own ? own : null;
        boolean plain = core != null && core.getNegotiatedExtensions().isEmpty();
        return new Wire() {
            @Override
            public void shared(SharedText frame, Callback taken) {
                boolean written = core != null
                        && socket != null
                        && (plain || frame.frame().remaining() <= PACKET)
                        && socket.writeFrame(
                                frame.frame(),
                                core::isOutputOpen,
                                org.eclipse.jetty.util.Callback.from(taken::succeed, taken::fail));
                if (!written) {
                    session.sendText(frame.text(), taken);
                }
            }

            @Override
            public void text(String frame, Callback taken) {
                session.sendText(frame, taken);
            }

            @Override
            public void ahead(String frame, Callback taken) {
                if (session instanceof WebSocketSession open) {
                    open.getCoreSession()
                            .sendFrame(
                                    new Frame(OpCode.TEXT, frame),
                                    org.eclipse.jetty.util.Callback.from(taken::succeed, taken::fail),
                                    true);
                } else {
                    session.sendText(frame, taken);
                }
            }

            @Override
            public void flush(Callback taken) {
                if (session instanceof WebSocketSession open) {
                    open.getCoreSession().flush(org.eclipse.jetty.util.Callback.from(taken::succeed, taken::fail));
                } else {
                    taken.succeed();
                }
            }

            @Override
            public void binary(ByteBuffer frame, Callback taken) {
                session.sendBinary(frame, taken);
            }
        };
    }
}
