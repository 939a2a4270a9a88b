package dev.korm.jdbc.feed;

/** Hears of what other processes commit, while feeds are open, and tells the layer's {@link ChangeSignal}. Each of its calls returns at once. */
public interface CommitListener {
    /** A layer whose database tells nobody: feeds look after a pause. */
    CommitListener NONE = new CommitListener() {
        @Override
        public void start() {}

        @Override
        public void stop() {}
    };

    /** Begins to listen, since the first feed was opened. */
    void start();

    /** Listens no more, since the last feed was closed, or the layer. Twice is fine. */
    void stop();
}
