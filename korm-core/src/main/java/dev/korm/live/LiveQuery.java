package dev.korm.live;

/**
 * A query that is told how its answer changes, until it is closed. Safe for many threads.
 *
 * <pre>{@code
 * try (LiveQuery<Car> live = cars.where(eq(Car::make, "Citroen")).orderBy(asc(Car::year)).live(listener)) { … }
 * }</pre>
 *
 * @param <T> the type of the items
 */
public interface LiveQuery<T> extends AutoCloseable {
    /**
     * Returns where the listener is: the position of the last change of which it has been told all events. Before the first one, the position it began at. While the
     * listener is being told of an event, this is still the one before: who stores items stores with them the position of the last event, {@link LiveEvent#position}.
     */
    LivePosition position();

    /** Returns whether it was closed, or its pool was. */
    boolean isClosed();

    /** Ends it. An event that the listener is being told of at this moment is the last. Twice is fine. */
    @Override
    void close();
}
