package dev.korm.engine.history;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Document;
import dev.korm.Rn;
import dev.korm.engine.context.ChangeOrigins;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.PoolContext;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.version.HistoryClock;
import dev.korm.engine.version.HistoryTable;
import dev.korm.engine.version.StoredVersion;
import dev.korm.engine.version.VersionKey;
import dev.korm.history.Author;
import dev.korm.history.History;
import dev.korm.history.HistoryException;
import dev.korm.history.Purge;
import dev.korm.history.Undone;
import dev.korm.history.Version;
import dev.korm.spi.query.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The history of an open pool. Safe for many threads. */
public final class PoolHistory implements History {
    private final PoolContext pool;

    public PoolHistory(PoolContext pool) {
        this.pool = pool;
    }

    @Override
    public Instant beginning(String layer) {
        requireNonNull(layer, "layer");
        OpenLayer open = pool.layers().layer(layer);
        HistoryTable table = new HistoryTable(open);
        if (!table.isThere()) {
            throw new HistoryException("The layer \"" + layer + "\" has no history: it is only read here. Open it with"
                    + " withHistory() where it is written");
        }
        return HistoryClock.instant(table.beginning().orElseThrow());
    }

    @Override
    public List<Version<Document>> transaction(String id) {
        requireNonNull(id, "id");
        List<Version<Document>> versions = new ArrayList<>();
        for (TransactionVersions layer : TransactionVersions.find(pool, id)) {
            layer.items().forEach(stored -> versions.add(version(layer.layer(), stored)));
        }
        return versions;
    }

    /** Returns a version with its image. */
    private Version<Document> version(OpenLayer layer, StoredVersion stored) {
        CollectionHandle<Document> home = pool.documents(layer, new TableName(stored.table(), TableName.ID));
        StoredVersion whole = new HistoryTable(layer)
                .last(stored.key(), VersionKey.behind(stored.key()), HistoryTable.Content.ALL)
                .orElse(stored);
        Rn<Document> rn = home.collection().item(stored.id());
        return new ItemVersion<>(home, rn, whole);
    }

    @Override
    public Undone undo(String transaction) {
        requireNonNull(transaction, "transaction");
        return new UndoRun(pool, transaction).run();
    }

    @Override
    public Author by(String actor) {
        requireNonNull(actor, "actor");
        return new ThreadAuthor(pool.origins(), new ChangeOrigins.Author(Optional.of(actor), Optional.empty()));
    }

    @Override
    public Purge olderThan(Duration age) {
        requireNonNull(age, "age");
        return before(pool.environment().clock().instant().minus(age));
    }

    @Override
    public Purge before(Instant moment) {
        requireNonNull(moment, "moment");
        return new PurgeRun(pool, HistoryClock.micros(moment));
    }

    /** An author of what a thread does. */
    private record ThreadAuthor(ChangeOrigins origins, ChangeOrigins.Author author) implements Author {
        @Override
        public Author because(String reason) {
            requireNonNull(reason, "reason");
            return new ThreadAuthor(origins, new ChangeOrigins.Author(author.actor(), Optional.of(reason)));
        }

        @Override
        public void run(Runnable call) {
            requireNonNull(call, "call");
            origins.by(author, () -> {
                call.run();
                return Optional.empty();
            });
        }

        @Override
        public <R> R call(Supplier<R> call) {
            requireNonNull(call, "call");
            return origins.by(author, call);
        }
    }
}
