package dev.korm.kalam.consumer;

/** A worker's choice behind a message that has failed and is not acknowledged. */
public enum OnUnacked {
    /** Holds there, and tries the message again after a while: nothing is lost, and nothing behind it is done before. */
    HOLD,
    /** Goes on. The next acknowledgement holds for the failed message too, which is lost then. */
    SKIP
}
