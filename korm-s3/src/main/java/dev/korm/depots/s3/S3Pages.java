package dev.korm.depots.s3;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/** Pages of a listing as one stream; a page is asked for when the one before it is used up. */
final class S3Pages {
    private S3Pages() {}

    /** Asks for the first page. */
    interface Start<O> {
        Iterator<O> begin();
    }

    /**
     * Returns the objects of a listing, as what a function makes of them; those of which it makes nothing are left out.
     */
    static <O, E> Stream<E> stream(
            Start<O> start, Function<O, @Nullable E> change, Function<SdkException, RuntimeException> failure) {
        Spliterator<E> pages = new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE, Spliterator.NONNULL) {
            private @Nullable Iterator<O> objects;

            @Override
            public boolean tryAdvance(Consumer<? super E> action) {
                E next = null;
                try {
                    Iterator<O> all = objects == null ? start.begin() : objects;
                    objects = all;
                    while (next == null && all.hasNext()) {
                        next = change.apply(all.next());
                    }
                } catch (SdkException failed) {
                    throw failure.apply(failed);
                }
                if (next == null) {
                    return false;
                }
                action.accept(next);
                return true;
            }
        };
        return StreamSupport.stream(pages, false);
    }
}
