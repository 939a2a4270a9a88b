package dev.korm.examples.todos;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.live.ConnectionListener;
import dev.korm.kalam.live.LiveRows;
import dev.korm.kalam.live.LiveRowsOptions;
import dev.korm.kalam.live.Registration;
import dev.korm.kalam.sql.RowMapper;
import dev.korm.kalam.sql.SeqId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The list of one window: first as the file has it, then as the server has it. What is added, completed and deleted goes to the server; the list changes when the
 * server says so, for this window and for all others. While there is no connection nothing can be changed, and {@link IllegalStateException} says so.
 *
 * <p>It may be used by any thread. The listener is called by one thread at a time.
 */
public final class TodoList implements AutoCloseable {
    /** A screen that shows the list. */
    @FunctionalInterface
    public interface Screen {
        /** Shows the list, and whether the server is there. */
        void show(List<Todo> todos, boolean isConnected);
    }

    private record Versioned(Todo todo, long version) {}

    private static final String TABLE = "todo.todos";
    private static final long RETRY_SECONDS = 1;

    private final KalamClient kalam;
    private final TodoCache cache;
    private final Screen screen;
    private final ScheduledExecutorService thread;
    private volatile TodoCache.Content content = TodoCache.Content.NONE;
    private volatile boolean isConnected;
    private volatile boolean isClosed;
    private volatile @Nullable LiveRows<Versioned> rows;
    private @Nullable Registration listening;

    /** Makes the list of a client, which stays the caller's to close. */
    TodoList(KalamClient kalam, TodoCache cache, Screen screen) {
        this.kalam = kalam;
        this.cache = cache;
        this.screen = screen;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "todos");
            made.setDaemon(true);
            return made;
        });
    }

    /** Shows what the file has, and begins to ask the server, which may be away. */
    TodoList open() {
        content = cache.load();
        screen.show(content.todos(), false);
        listening = kalam.live().onConnection(new ConnectionListener() {
            @Override
            public void onConnect() {
                run(() -> connected(true));
            }

            @Override
            public void onDisconnect(String reason) {
                run(() -> connected(false));
            }
        });
        run(this::follow);
        return this;
    }

    private void run(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            // The window is closed.
        }
    }

    /** Begins to follow the table. From then on the client connects again by itself. */
    private void follow() {
        RowMapper<Todo> todos = RowMapper.of(Todo.class);
        try {
            LiveRows<Versioned> made = kalam.live()
                    .rows(
                            row -> new Versioned(
                                    todos.map(row), row.seq().map(SeqId::value).orElse(0L)),
                            "SELECT id, title, completed, created_at FROM " + TABLE,
                            LiveRowsOptions.key("id"));
            rows = made;
            if (isClosed) {
                made.close();
                return;
            }
            isConnected = true;
            made.onChange(list -> run(() -> take(list)));
        } catch (KalamException e) {
            again();
        }
    }

    private void again() {
        try {
            Future<?> unused = thread.schedule(this::follow, RETRY_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            // The window is closed.
        }
    }

    private void take(List<Versioned> list) {
        long version = list.stream().mapToLong(Versioned::version).max().orElse(0);
        // A deletion takes the highest version away with its row; the list is no older for that.
        content = new TodoCache.Content(
                Math.max(version, content.version()),
                list.stream().map(Versioned::todo).toList());
        cache.save(content);
        screen.show(content.todos(), isConnected);
    }

    private void connected(boolean isNow) {
        isConnected = isNow && rows != null;
        screen.show(content.todos(), isConnected);
    }

    /** Returns the list as it is known now. */
    public List<Todo> todos() {
        return content.todos();
    }

    /** Tells whether the server is there, so that something can be changed. */
    public boolean isConnected() {
        return isConnected;
    }

    /** Adds something to do. */
    public void add(String title) {
        requireConnection("added");
        if (title.isBlank()) {
            throw new IllegalArgumentException("Say what is to be done");
        }
        kalam.insert(TABLE, Map.of("title", title.strip()));
    }

    /** Notes whether something is done; returns whether it was there. */
    public boolean complete(long id, boolean isDone) {
        requireConnection("changed");
        return kalam.update(TABLE, id, Map.of("completed", isDone)) == 1;
    }

    /** Deletes something; returns whether it was there. */
    public boolean delete(long id) {
        requireConnection("deleted");
        return kalam.delete(TABLE, id) == 1;
    }

    private void requireConnection(String act) {
        if (!isConnected) {
            throw new IllegalStateException("Nothing can be " + act + " while the server is away");
        }
    }

    /** Ends the window; the file stays. */
    @Override
    public void close() {
        isClosed = true;
        if (listening != null) {
            listening.close();
        }
        thread.shutdownNow();
        LiveRows<Versioned> open = rows;
        if (open != null) {
            open.close();
        }
    }
}
