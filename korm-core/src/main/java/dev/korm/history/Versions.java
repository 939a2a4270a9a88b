package dev.korm.history;

import java.util.List;
import java.util.stream.Stream;

/**
 * The versions of one item, the newest first. Immutable, safe for many threads.
 *
 * <pre>{@code
 * List<Version<Car>> page = cars.history(car.rn()).newest(20);
 * List<Version<Car>> older = cars.history(car.rn()).before(page.get(19)).newest(20);
 * }</pre>
 *
 * @param <T> the type of the data
 */
public interface Versions<T> {
    /** Returns the newest versions, so many at the most. */
    List<Version<T>> newest(int limit);

    /** Returns the versions that are older than one of them. */
    Versions<T> before(Version<?> version);

    /** Returns all of them, read a page at a time: nothing is held open in between, so the stream may be left at any point. */
    Stream<Version<T>> stream();
}
