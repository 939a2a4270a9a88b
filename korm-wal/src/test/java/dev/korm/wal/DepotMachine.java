package dev.korm.wal;

import dev.korm.StoreException.Outcome;
import dev.korm.depot.DepotUnavailableException;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** A process with a journal in a depot that others share, which a test kills, or stops and lets go on. For one thread. */
final class DepotMachine {
    private final Depot shared;
    private State state = State.RUNNING;
    private int calls;
    private int fatal = Integer.MAX_VALUE;
    private boolean afterwards;
    private @Nullable Journal journal;

    private enum State {
        RUNNING,
        /** It does nothing by itself, as one that is stopped; the calls that a test makes are what it does when it goes on. */
        STOPPED,
        KILLED
    }

    DepotMachine(Depot shared) {
        this.shared = shared;
    }

    /** Opens its journal. */
    Journal open(DepotWal wal, String pool, Environment environment) {
        Depot depot = (Depot) Proxy.newProxyInstance(
                Depot.class.getClassLoader(), new Class<?>[] {Depot.class}, (self, method, args) -> call(method, args));
        Journal opened = wal.open(new JournalContext(pool, environment, name -> depot));
        journal = opened;
        return opened;
    }

    Journal journal() {
        if (journal == null) {
            throw new IllegalStateException("It is not open");
        }
        return journal;
    }

    void kill() {
        state = State.KILLED;
    }

    boolean isKilled() {
        return state == State.KILLED;
    }

    void stop() {
        state = State.STOPPED;
    }

    void goOn() {
        state = State.RUNNING;
    }

    /** Kills it at a call of its depot that comes; 1 is the next. */
    void killAt(int call, boolean afterIt) {
        fatal = calls + call;
        afterwards = afterIt;
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] args) throws Throwable {
        if (method.getName().equals("capabilities") || method.getName().equals("name")) {
            return invoke(method, args);
        }
        boolean isRenewal = method.getName().equals("put")
                && args != null
                && String.valueOf(args[0]).endsWith(":lease");
        if (state == State.KILLED || (state == State.STOPPED && isRenewal)) {
            throw gone();
        }
        calls++;
        if (calls == fatal) {
            state = State.KILLED;
            if (afterwards) {
                invoke(method, args);
            }
            throw gone();
        }
        return invoke(method, args);
    }

    private static DepotUnavailableException gone() {
        return new DepotUnavailableException("files", null, "The process is gone", Outcome.UNKNOWN, null);
    }

    private @Nullable Object invoke(Method method, @Nullable Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(shared, args);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}
