package dev.korm.kalam.live;

/** The registration of a listener, which ends when it is closed. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
