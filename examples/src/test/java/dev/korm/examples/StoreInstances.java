package dev.korm.examples;

import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.Refusal;
import dev.korm.spi.Row;
import dev.korm.spi.depot.ByteRange;
import dev.korm.spi.depot.Depot;
import dev.korm.spi.depot.DepotCapabilities;
import dev.korm.spi.depot.DepotDescription;
import dev.korm.spi.depot.FileContent;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.depot.PutCondition;
import dev.korm.spi.depot.PutOptions;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.RevisionClock;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.spi.feed.FeedReader;
import dev.korm.spi.feed.FeedReaders;
import dev.korm.spi.feed.FeedRetention;
import dev.korm.spi.journal.JournalDescription;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.spi.limit.ReplicaReads;
import dev.korm.spi.limit.StatementLimit;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.ExistingTable;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import dev.korm.spi.support.Pkcs12KeyWrapper;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import javax.crypto.spec.SecretKeySpec;

/** An instance of each type of the SPI that whoever makes a store, or works with a depot by hand, calls, and fitting arguments. */
final class StoreInstances extends RegisteredInstances {
    private final NullCalls.Instances others;

    /**
     * Opens nothing by itself.
     *
     * @param pool a pool with the depots "files" and "mirrored", and "sealed"
     * @param others what the SPI shares with the rest
     */
    StoreInstances(Pool pool, Path folder, NullCalls.Instances others) throws Exception {
        this.others = others;
        Rn<?> file = Rn.file("files", "folder", "name");
        TableName table = TableName.items("null", "thing");
        TableSchema schema = new TableSchema(table, List.of(), List.of());
        ColumnSchema column = new ColumnSchema("name", ColumnKind.TEXT);
        FileStat stat =
                new FileStat(file, 0, Instant.EPOCH, "", Optional.empty(), Optional.empty(), Map.of("series", "a"));
        DepotCapabilities depots = new DepotCapabilities(Set.of(), DepotCapabilities.Moving.COPY);
        LayerDescription.Path path = new LayerDescription.Path("path");
        ChangeFeed.Position position = new ChangeFeed.Position("1");

        of(Depot.class, pool.depot("files"), pool.depot("mirrored"), pool.depot("sealed"));
        of(Capabilities.class, Capabilities.LEAST);
        of(Environment.class, Environment.system());
        of(LayerDescription.class, LayerDescription.of("kind"));
        of(RevisionClock.class, Environment.system().revisions());
        of(Row.class, Row.of());
        of(DepotCapabilities.class, depots);
        of(DepotDescription.class, DepotDescription.of("kind"));
        of(PutOptions.class, PutOptions.NONE);
        of(PutCondition.Newer.class, PutCondition.Newer.of("series", "number"));
        of(JournalDescription.class, JournalDescription.of("kind"));
        of(JournalEntry.class, JournalEntry.done("0"));
        of(TableSchema.class, schema);
        of(
                ExistingTable.class,
                new ExistingTable(table, "", "cars", List.of(), List.of(), Optional.empty(), Optional.empty()));
        of(ColumnSchema.class, column);
        of(TableName.class, table);
        of(Pkcs12KeyWrapper.class, Pkcs12KeyWrapper.open(keyStore(folder), password(), "korm"));

        is(Rn.class, file);
        is(FileStat.class, stat);
        is(ByteRange.class, ByteRange.from(0));
        is(PutCondition.class, PutCondition.NONE);
        is(LayerDescription.Location.class, path);
        is(OptionalLong.class, OptionalLong.empty());
        is(Refusal.class, new Refusal.Missing());
        is(BatchResult.class, new BatchResult.Applied(List.of()));
        is(ChangeFeed.Position.class, position);
        is(ByteBuffer.class, ByteBuffer.allocate(0));
        is(InstantSource.class, Clock.systemUTC());
        is(Predicate.class, (Predicate<Object>) any -> true);
        is(InputStream.class, InputStream.nullInputStream());
        is(IndexSchema.class, new IndexSchema("name", IndexSchema.Uniqueness.UNIQUE, List.of()));
        try (Layer fed = Sqlite.memory().open("fed", Environment.system())) {
            FeedReaders readers = FeedReaders.of(fed);
            of(FeedReaders.class, readers);
            of(FeedReader.class, readers.open("reader"));
            of(FeedRetention.class, FeedRetention.DEFAULT);
            is(Layer.class, fed);
        }
        of(StatementLimit.class, StatementLimit.ofLayer());
        of(ReplicaReads.class, ReplicaReads.run(() -> ReplicaReads.current().orElseThrow()));
        of(SurroundingTransaction.class, others.argument(SurroundingTransaction.class));
        is(FileContent.class, new FileContent(stat, InputStream.nullInputStream()));
    }

    private static char[] password() {
        return "password".toCharArray();
    }

    private static Path keyStore(Path folder) throws Exception {
        Path path = folder.resolve("keys.p12");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setEntry(
                "korm",
                new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[32], "AES")),
                new KeyStore.PasswordProtection(password()));
        try (OutputStream out = Files.newOutputStream(path)) {
            keys.store(out, password());
        }
        return path;
    }

    @Override
    Object other(Class<?> type) {
        return others.argument(type);
    }
}
