package dev.korm.wal;

import dev.korm.Pool;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.journal.UnfinishedEntries;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stores of a program that asks to be killed at one of its steps, by the number in {@link #STEP}: before it asks a store for something that changes
 * anything, or when that has been done and it does not know yet.
 */
final class KillingStores {
    /** The variable that names the step; none: it does not ask. */
    static final String STEP = "KORM_TEST_KILL_STEP";

    /** What the line begins with by which it asks. */
    static final String ASKS = "!";

    private static final Set<String> STEPS = Set.of(
            // Of layers and batches
            "apply",
            "prepare",
            "evolve",
            "commit",
            "rollback",
            // Of depots
            "put",
            "move",
            "moveIfNewer",
            "delete",
            // Of journals
            "append",
            "unfinished",
            "forget");

    private final int due;
    private final AtomicInteger steps = new AtomicInteger();

    private KillingStores(int due) {
        this.due = due;
    }

    static Pool open(ProgramStores stores) {
        String step = System.getenv(STEP);
        if (step == null) {
            return stores.open();
        }
        KillingStores killing = new KillingStores(Integer.parseInt(step));
        return stores.open(killing::layer, killing::depot, killing::journal);
    }

    private LayerSource layer(LayerSource source) {
        return new LayerSource() {
            @Override
            public LayerDescription description() {
                return source.description();
            }

            @Override
            public Layer open(String name, Environment environment) {
                return around(Layer.class, source.open(name, environment), "the layer " + name);
            }
        };
    }

    private DepotSource depot(DepotSource source) {
        return new DepotSource() {
            @Override
            public DepotDescription description() {
                return source.description();
            }

            @Override
            public Depot open(String name, Environment environment) {
                return around(Depot.class, source.open(name, environment), "the depot " + name);
            }
        };
    }

    private JournalSource journal(JournalSource source) {
        return new JournalSource() {
            @Override
            public String description() {
                return source.description();
            }

            @Override
            public Journal open(JournalContext context) {
                return around(Journal.class, source.open(context), "the journal");
            }
        };
    }

    private <T> T around(Class<T> type, T store, String name) {
        return type.cast(Proxy.newProxyInstance(
                KillingStores.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean isStep = STEPS.contains(method.getName());
                    if (isStep) {
                        step("before " + method.getName() + " of " + name);
                    }
                    Object answer;
                    try {
                        answer = method.invoke(store, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                    if (isStep) {
                        step("after " + method.getName() + " of " + name);
                    }
                    if (answer instanceof PreparedBatch batch) {
                        return around(PreparedBatch.class, batch, name);
                    }
                    return answer instanceof UnfinishedEntries entries
                            ? around(UnfinishedEntries.class, entries, name)
                            : answer;
                }));
    }

    private void step(String what) throws InterruptedException {
        if (steps.incrementAndGet() == due) {
            synchronized (System.out) {
                System.out.println(ASKS + what);
                System.out.flush();
            }
            // This thread goes no further.
            new CountDownLatch(1).await();
        }
    }
}
