package dev.korm.testkit;

import dev.korm.spi.LayerSource;
import dev.korm.testkit.fault.FaultyLayer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A check after each test that it left nothing of a layer open: no layer, no cursor, no prepared batch. Each of them holds a
 * connection.
 *
 * <pre>{@code
 * @RegisterExtension
 * final LeakCheck leaks = new LeakCheck();
 *
 * @BeforeEach
 * void open() {
 *     pool = Korm.pool().layer("main", leaks.watch(source())).open();
 * }
 * }</pre>
 *
 * <p>It runs after the methods that JUnit calls after each test, which are to close the pool.
 */
public final class LeakCheck implements AfterEachCallback {
    private final List<FaultyLayer> watched = new CopyOnWriteArrayList<>();

    /** Watches what the layers of a source leave open. */
    public LayerSource watch(LayerSource source) {
        return watch(FaultyLayer.around(source));
    }

    /** Watches what the layers of a source leave open that is counted already. */
    public FaultyLayer watch(FaultyLayer source) {
        watched.add(source);
        return source;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        requireNone();
    }

    /** Fails when something is open now. */
    public void requireNone() {
        int leaks = watched.stream().mapToInt(FaultyLayer::leaks).sum();
        if (leaks > 0) {
            throw new AssertionError("The test left " + leaks
                    + " layers, cursors or prepared batches open, each of which holds a connection");
        }
    }
}
