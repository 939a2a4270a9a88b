package dev.korm.spi.limit;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.spi.Layer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One question of a program, that replicas of stores may answer. Where a thread is within none, a layer asks the server that takes changes: for transactions, locks, recovery,
 * feeds, and all that a change rests on.
 *
 * <p>A question is often several statements. Each layer answers all of them by one server, so that what is found by a reference is not older than the reference; once
 * a replica has failed, by the server that takes changes. Then the whole question is put anew, so that a replica causes no failure. Safe for many threads.
 *
 * @see Layer#hasReplicas()
 */
public final class ReplicaReads {
    private static final ThreadLocal<@Nullable ReplicaReads> CURRENT = new ThreadLocal<>();

    /** The servers that answer, by layer; empty for the one that takes changes. */
    private final Map<String, Optional<Object>> servers = new ConcurrentHashMap<>();

    private volatile boolean failed;

    private ReplicaReads() {}

    /** Puts a question of which replicas may answer each part; once more where one of them failed. It must have no effect but its answer. */
    public static <T extends @Nullable Object> T run(Supplier<T> question) {
        requireNonNull(question, "question");
        if (CURRENT.get() != null) {
            return question.get();
        }
        ReplicaReads reads = new ReplicaReads();
        return reads.within(() -> {
            try {
                return question.get();
            } catch (RuntimeException failure) {
                if (!reads.failed || Thread.currentThread().isInterrupted()) {
                    throw failure;
                }
                return question.get();
            }
        });
    }

    /** Returns the work as a part of the question that the present thread puts, also where another thread does it. */
    public static <T extends @Nullable Object> Supplier<T> carried(Supplier<T> work) {
        requireNonNull(work, "work");
        ReplicaReads here = CURRENT.get();
        return here == null ? work : () -> here.within(work);
    }

    private <T extends @Nullable Object> T within(Supplier<T> work) {
        return ThreadScope.within(CURRENT, this, work);
    }

    /** Returns the question that the present thread puts; empty where no replica may answer. */
    public static Optional<ReplicaReads> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /**
     * Returns the server that answers for a layer.
     *
     * @param first chooses one when the layer is first asked; empty for the server that takes changes
     */
    public <S> Optional<S> server(String layer, Class<S> type, Supplier<Optional<S>> first) {
        requireNonNull(layer, "layer");
        requireNonNull(type, "type");
        requireNonNull(first, "first");
        return servers.computeIfAbsent(layer, any -> first.get().map(type::cast))
                .map(type::cast);
    }

    /** Takes note that a replica failed, so that the layer is answered by the server that takes changes from now on. */
    public void failed(String layer) {
        servers.put(requireNonNull(layer, "layer"), Optional.empty());
        failed = true;
    }
}
