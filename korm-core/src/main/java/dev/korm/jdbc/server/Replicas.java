package dev.korm.jdbc.server;

import dev.korm.jdbc.session.Sessions;
import dev.korm.spi.StatementObserver;
import java.time.Duration;
import java.util.Optional;

/** Servers that follow the one that takes changes, and answer selections. Safe for many threads; none of its methods waits for a server. */
public interface Replicas extends AutoCloseable {
    /** Returns the sessions of one that has all that this layer has changed or seen of tables; empty where none is known to have it. */
    Optional<Sessions> current();

    /** Takes note that something was done, or may have been, that what answers from now on must have. */
    void changed();

    /** Takes note that a server failed: it is left out until it has answered again. */
    void failed(Sessions server);

    /** Says how long a statement may take; zero for as long as it likes. */
    void limitStatements(Duration longest);

    /** Has an observer told of each statement. */
    void observe(StatementObserver observer);

    @Override
    void close();
}
