package dev.korm.examples;

import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.journal.Journal;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.journal.JournalSource;
import dev.korm.spi.journal.UnfinishedEntries;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** Ends the process, as {@code kill -9} would, in the middle of a change: around a journal, or around a depot. */
final class Death {
    /** The status with which it ends: that of a process which a signal has killed. */
    static final int STATUS = 137;

    private Death() {}

    static JournalSource behindAppend(JournalSource source, Moment moment) {
        if (moment != Moment.BEFORE) {
            return source;
        }
        return new JournalSource() {
            @Override
            public String description() {
                return source.description();
            }

            @Override
            public Journal open(JournalContext context) {
                return new DyingJournal(source.open(context));
            }
        };
    }

    static DepotSource beforeFilesMove(DepotSource source, Moment moment) {
        if (moment != Moment.AFTER) {
            return source;
        }
        return new DepotSource() {
            @Override
            public Depot open(String name, Environment environment) {
                return dying(source.open(name, environment));
            }

            @Override
            public DepotDescription description() {
                return source.description();
            }
        };
    }

    private static Depot dying(Depot depot) {
        return (Depot) Proxy.newProxyInstance(
                Death.class.getClassLoader(), new Class<?>[] {Depot.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("moveIfNewer")) {
                        Runtime.getRuntime().halt(STATUS);
                    }
                    try {
                        return method.invoke(depot, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private record DyingJournal(Journal journal) implements Journal {
        @Override
        public String run() {
            return journal.run();
        }

        @Override
        public void append(List<JournalEntry> entries) {
            journal.append(entries);
            Runtime.getRuntime().halt(STATUS);
        }

        @Override
        public UnfinishedEntries unfinished() {
            return journal.unfinished();
        }

        @Override
        public void close() {
            journal.close();
        }
    }
}
