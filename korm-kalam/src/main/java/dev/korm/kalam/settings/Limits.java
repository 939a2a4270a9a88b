package dev.korm.kalam.settings;

/**
 * Size limits of a client, in bytes. What arrives beyond them is an error, not memory.
 *
 * @param answer for the body of an answer, files left out
 * @param download for a file that is downloaded into memory
 * @param message for a message of the WebSocket, before and after decompression
 * @param queuedEvents for the events of one subscription that its listener has not handled
 */
public record Limits(int answer, int download, int message, int queuedEvents) {
    /** Checks that each is positive. */
    public Limits {
        if (answer < 1 || download < 1 || message < 1 || queuedEvents < 1) {
            throw new IllegalArgumentException("Limits are positive");
        }
    }

    /** Returns the limits of a client that says nothing: 64 MiB for answers, 100 MiB for files, 16 MiB for messages, 10,000 events. */
    public static Limits standard() {
        return new Limits(64 << 20, 100 << 20, 16 << 20, 10_000);
    }
}
