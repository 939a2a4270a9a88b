package dev.korm.jdbc.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.ClosedException;
import dev.korm.StoreBusyException;
import dev.korm.jdbc.session.Session;
import dev.korm.jdbc.sql.text.Sql;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that read, also when those who have them fail. */
@Timeout(60)
class ReaderPoolTest extends SqliteWorld {
    private final AtomicInteger opened = new AtomicInteger();

    private ReaderPool pool(int size, Duration timeout) {
        return new ReaderPool("main", size, timeout, () -> {
            try {
                opened.incrementAndGet();
                return new Session(DriverManager.getConnection("jdbc:sqlite:" + file()));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void end(ReaderPool pool, ReaderPool.Lease lease) {
        lease.over = true;
        pool.passOn();
    }

    @Test
    void a_connection_is_used_again_and_two_only_at_once() {
        ReaderPool pool = pool(4, Duration.ofSeconds(1));
        for (int i = 0; i < 3; i++) {
            end(pool, pool.acquire());
        }
        assertThat(opened).hasValue(1);
        ReaderPool.Lease first = pool.acquire();
        ReaderPool.Lease second = pool.acquire();
        assertThat(opened).hasValue(2);
        assertThat(first.session()).isNotSameAs(second.session());
        end(pool, first);
        end(pool, first);
        assertThat(pool.acquire().session())
                .as("ended twice, it is one lease all the same")
                .isNotSameAs(second.session());
        pool.close();
        assertThat(pool.opened()).isZero();
    }

    @Test
    void a_lease_that_ended_without_waking_anybody_is_found() throws Exception {
        ReaderPool pool = pool(1, Duration.ofSeconds(30));
        ReaderPool.Lease first = pool.acquire();
        List<ReaderPool.Lease> taken = new ArrayList<>();
        Thread waiting = new Thread(() -> taken.add(pool.acquire()));
        waiting.start();
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        first.over = true;
        waiting.join();
        assertThat(taken).hasSize(1);
        pool.close();
    }

    @Test
    void a_connection_on_which_something_unforeseen_was_thrown_is_not_used_again() throws Exception {
        sql("CREATE TABLE t (a)", "INSERT INTO t VALUES (1)");
        ReaderPool pool = pool(1, Duration.ofSeconds(1));
        sql("PRAGMA journal_mode = WAL");
        ReaderPool.Lease first = pool.acquire();
        // An answer that is never closed holds the snapshot that it began with.
        ResultSet open = first.session().prepare("SELECT a FROM t").executeQuery();
        assertThat(open.next()).isTrue();
        first.failed(new StackOverflowError());
        end(pool, first);
        sql("INSERT INTO t VALUES (2)");
        ReaderPool.Lease second = pool.acquire();
        long rows = second.session().query(Sql.of("SELECT count(*) FROM t"), answer -> answer.getLong(1));
        assertThat(rows).isEqualTo(2);
        assertThat(opened).hasValue(2);
        assertThat(pool.opened()).isEqualTo(1);
        assertThat(first.session().connection().isClosed()).isTrue();
        pool.close();
    }

    @Test
    void who_cannot_open_a_connection_leaves_its_place_to_others() {
        AtomicInteger failing = new AtomicInteger(2);
        ReaderPool pool = new ReaderPool("main", 1, Duration.ofMillis(100), () -> {
            if (failing.getAndDecrement() > 0) {
                throw new OutOfMemoryError("because the test says so");
            }
            try {
                return new Session(DriverManager.getConnection("jdbc:sqlite:" + file()));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(pool::acquire).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(pool::acquire).isInstanceOf(OutOfMemoryError.class);
        ReaderPool.Lease lease = pool.acquire();
        assertThatThrownBy(pool::acquire).isInstanceOf(StoreBusyException.class);
        end(pool, lease);
        pool.close();
        assertThatThrownBy(pool::acquire).isInstanceOf(ClosedException.class);
    }

    @Test
    void closing_tells_those_who_wait() throws Exception {
        ReaderPool pool = pool(1, Duration.ofSeconds(30));
        pool.acquire();
        List<Throwable> failures = new ArrayList<>();
        Thread waiting = new Thread(() -> {
            try {
                pool.acquire();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        });
        waiting.start();
        while (waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        pool.close();
        waiting.join();
        assertThat(failures).singleElement().isInstanceOf(ClosedException.class);
        assertThat(pool.opened()).isZero();
    }
}
