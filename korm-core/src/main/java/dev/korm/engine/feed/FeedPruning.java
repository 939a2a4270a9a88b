package dev.korm.engine.feed;

import dev.korm.ClosedException;
import dev.korm.KormException;
import dev.korm.OperationInterruptedException;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.spi.Capabilities.Access;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.feed.FeedReaders;
import dev.korm.spi.feed.FeedRetention;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets changes of a layer now and then that need not be kept. For one thread. */
public final class FeedPruning {
    /** A program that runs for a short time only does its part too. */
    private static final Duration FIRST = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.live");

    private final OpenLayer layer;
    private final FeedRetention retention;
    private final Environment environment;
    private long dueAt;

    /** Makes it for a layer. */
    public FeedPruning(OpenLayer layer, FeedRetention retention, Environment environment) {
        this.layer = layer;
        this.retention = retention;
        this.environment = environment;
        this.dueAt = environment.nanoTime() + FIRST.toNanos();
    }

    /** Prunes when it is time to. Where the store fails, the next time is soon enough: nobody waits for it. */
    public void pruneWhenDue() {
        if (environment.nanoTime() - dueAt < 0 || layer.store().capabilities().access() != Access.READ_WRITE) {
            return;
        }
        dueAt = environment.nanoTime() + PAUSE.toNanos();
        try {
            FeedReaders.of(layer.store(), environment).prune(retention);
        } catch (ClosedException | OperationInterruptedException stop) {
            throw stop;
        } catch (KormException failed) {
            LOG.warn("The changes of the layer \"{}\" that need not be kept were not forgotten", layer.layer(), failed);
        }
    }
}
