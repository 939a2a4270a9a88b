package dev.korm.jdbc.session;

import dev.korm.spi.environment.SurroundingTransaction;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/**
 * A connection in the middle of somebody's transaction, lent for a question or a batch. To whoever uses it, it is one of its own: what begins, commits and rolls
 * back concerns that piece alone, and the transaction goes on.
 *
 * <p>A commit of what was {@linkplain #guard guarded} waits for the owner's, or leaves it to come; a rollback takes back what came since, by a savepoint. Used by one thread.
 */
final class GuestConnection implements InvocationHandler {
    private final SurroundingTransaction transaction;
    private final Connection owners;
    private boolean autoCommit = true;
    private @Nullable Savepoint before;
    private boolean ended;

    private GuestConnection(SurroundingTransaction transaction, Connection owners) {
        this.transaction = transaction;
        this.owners = owners;
    }

    /** Returns a session on the connection of a transaction. */
    static Session lent(SurroundingTransaction transaction) throws SQLException {
        GuestConnection guest = new GuestConnection(transaction, transaction.connection(Connection.class));
        Connection shown = (Connection) Proxy.newProxyInstance(
                GuestConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, guest);
        return new Session(shown);
    }

    /** Returns the owner's connection behind one; the connection itself where it is nobody's guest. */
    static Connection owners(Connection connection) {
        GuestConnection guest = of(connection);
        return guest == null ? connection : guest.owners;
    }

    /** Returns whether a connection is in the middle of somebody's transaction. */
    static boolean isGuest(Connection connection) {
        return of(connection) != null;
    }

    /** Has what is written from now on taken back by a rollback, and its commit be the owner's; of a connection of korm's own nothing. */
    static void guard(Connection connection) throws SQLException {
        GuestConnection guest = of(connection);
        if (guest != null) {
            guest.before = guest.owners.setSavepoint();
        }
    }

    private static @Nullable GuestConnection of(Connection connection) {
        return Proxy.isProxyClass(connection.getClass())
                        && Proxy.getInvocationHandler(connection) instanceof GuestConnection guest
                ? guest
                : null;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getAutoCommit" -> autoCommit;
            case "setAutoCommit" -> {
                autoCommit = Boolean.TRUE.equals(first(arguments));
                yield null;
            }
            case "commit" -> {
                commit();
                yield null;
            }
            case "rollback" -> {
                if (arguments != null) {
                    yield ofOwner(method, arguments);
                }
                rollback();
                yield null;
            }
            case "close" -> null;
            case "isClosed" -> !ended && transaction.isOpen() && owners.isClosed();
            case "equals" -> proxy == first(arguments);
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "Guest of " + owners;
            case "abort" -> ended || !transaction.isOpen() ? null : ofOwner(method, arguments);
            default -> {
                if (!ended && !transaction.isOpen()) {
                    throw new SQLException("The transaction around this one has ended", "25000");
                }
                yield ofOwner(method, arguments);
            }
        };
    }

    private @Nullable Object ofOwner(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(owners, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static @Nullable Object first(Object @Nullable [] arguments) {
        return arguments == null ? null : arguments[0];
    }

    private void commit() throws SQLException {
        Savepoint since = before;
        if (since != null) {
            before = null;
            SurroundingTransaction.End end = transaction.commit();
            if (end == SurroundingTransaction.End.PENDING) {
                owners.releaseSavepoint(since);
                return;
            }
            ended = true;
            if (end == SurroundingTransaction.End.ROLLED_BACK) {
                throw new SQLException("The transaction around this one was rolled back", "2D000");
            }
            if (end == SurroundingTransaction.End.UNKNOWN) {
                throw new SQLException("It is not known what became of the transaction around this one", "08007");
            }
        }
    }

    private void rollback() throws SQLException {
        Savepoint since = before;
        if (since != null) {
            before = null;
            owners.rollback(since);
        }
    }
}
