package dev.korm.examples;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Aggregate;
import dev.korm.Change;
import dev.korm.DeletedItem;
import dev.korm.Deletion;
import dev.korm.Document;
import dev.korm.Editable;
import dev.korm.FieldPath;
import dev.korm.Filter;
import dev.korm.FloatingItem;
import dev.korm.Group;
import dev.korm.Grouping;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.ItemQuery;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Order;
import dev.korm.Password;
import dev.korm.PasswordHasher;
import dev.korm.PasswordProfile;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.PoolTransaction;
import dev.korm.Property;
import dev.korm.Query;
import dev.korm.Reference;
import dev.korm.Referenced;
import dev.korm.Rn;
import dev.korm.Stored;
import dev.korm.Transaction;
import dev.korm.UncommittedItem;
import dev.korm.backup.BackupId;
import dev.korm.backup.BackupOptions;
import dev.korm.backup.BackupPlan;
import dev.korm.backup.CalendarSchedule;
import dev.korm.backup.ChainLimit;
import dev.korm.backup.CronSchedule;
import dev.korm.backup.PoolBackups;
import dev.korm.backup.RestoreOptions;
import dev.korm.backup.Retention;
import dev.korm.backup.Schedule;
import dev.korm.backup.ScheduledBackup;
import dev.korm.backup.UnfinishedRestore;
import dev.korm.danger.Danger;
import dev.korm.danger.Reset;
import dev.korm.danger.ResetMode;
import dev.korm.deletion.DeletedPurge;
import dev.korm.depots.local.LocalDepot;
import dev.korm.depots.mirror.MirrorDepot;
import dev.korm.depots.mirror.MirroredDepot;
import dev.korm.depots.s3.S3Depot;
import dev.korm.depots.sealed.SealedDepot;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.PoolFiles;
import dev.korm.file.Sweep;
import dev.korm.history.Author;
import dev.korm.history.History;
import dev.korm.history.Purge;
import dev.korm.history.Version;
import dev.korm.history.Versions;
import dev.korm.jackson.ItemData;
import dev.korm.jdbc.JdbcTransaction;
import dev.korm.jdbc.MySql;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyReport;
import dev.korm.key.KeyRing;
import dev.korm.key.Keys;
import dev.korm.key.Rotation;
import dev.korm.live.LiveListener;
import dev.korm.live.LivePosition;
import dev.korm.live.LiveQuery;
import dev.korm.lock.Lock;
import dev.korm.lock.LockName;
import dev.korm.lock.LockOptions;
import dev.korm.lock.LockSet;
import dev.korm.lock.Locks;
import dev.korm.recovery.Recovery;
import dev.korm.relocate.CollectionMove;
import dev.korm.relocate.Move;
import dev.korm.relocate.Relocation;
import dev.korm.relocate.Relocations;
import dev.korm.schema.Conversion;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileStat;
import dev.korm.spi.environment.Environment;
import dev.korm.spi.environment.SurroundingTransaction;
import dev.korm.spi.feed.FeedRetention;
import dev.korm.spi.journal.JournalContext;
import dev.korm.spi.journal.JournalEntry;
import dev.korm.wal.DepotWal;
import dev.korm.wal.Wal;
import dev.korm.wal.WalReader;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An instance of each public type that a program calls, and a fitting argument for each type of parameter. */
final class PublicInstances extends RegisteredInstances implements AutoCloseable {
    /** A thing with what the public API speaks of. */
    @Stored(layer = "main", namespace = "null", kind = "thing")
    record Thing(
            @Indexed String name,
            @Nullable Rn<Thing> next,
            @Nullable FileRef file) {}

    /** A thing with a number for a name. */
    @Stored(layer = "main", namespace = "null", kind = "thing")
    record Counted(long name) {}

    private final Pool pool;
    private final LockSet lockSet;
    private final KeyRing keys = KeyRing.of("k1", Map.of("k1", new byte[32]));

    PublicInstances(Path folder) {
        MirrorDepot mirror =
                MirrorDepot.of(LocalDepot.at(folder.resolve("one")), LocalDepot.at(folder.resolve("other")));
        LocalDepot local = LocalDepot.at(folder.resolve("files"));
        Wal wal = Wal.at(folder.resolve("journal"));
        pool = Korm.pool()
                .layer("main", Sqlite.file(folder.resolve("main.sqlite")))
                .layer("other", Sqlite.file(folder.resolve("other.sqlite")))
                .depot("files", local)
                .depot("mirrored", mirror)
                .depot("sealed", SealedDepot.in(LocalDepot.at(folder.resolve("sealed")), keys))
                .keys(keys)
                .withWal(wal)
                .withHistory()
                .withLocks("main")
                .open();
        Items<Thing> things = Korm.item(Thing.class, pool);
        FileRef file = FileRef.of("files", "folder/name", new byte[1]);
        FloatingItem<Thing> floating = things.fromData(new Thing("name", null, file));
        Item<Thing> item = floating.create();
        DeletedItem<Thing> deleted =
                things.fromData(new Thing("gone", item.rn(), null)).create().delete();
        UncommittedItem<Thing> changed = item.set(Thing::name, "other");
        Grouping grouping = things.query().groupBy("name");
        lockSet = pool.locks().acquireAll(List.of(item.rn()));
        Versions<Thing> versions = things.history(item.rn());
        Version<Thing> version = versions.newest(1).get(0);
        List<PoolTransaction> transactions = new ArrayList<>();
        pool.runTransaction(transactions::add);
        PasswordHasher.Builder hasher = PasswordHasher.builder().profile(PasswordProfile.LEAST);
        Password password = hasher.build().hash("word".toCharArray());
        Relocation<Thing> relocation = Korm.collection(Thing.class, pool).from();
        BackupId backup = new BackupId("files", "20261128T113000Z-1f9c02ab");

        of(Aggregate.class, Aggregate.count());
        of(BackupId.class, backup);
        of(BackupOptions.class, BackupOptions.defaults());
        of(Change.class, floating, changed, item.deletion(), item.moveTo("other"));
        of(DeletedItem.class, deleted);
        of(Deletion.class, item.deletion());
        of(DepotWal.class, Wal.in("files"));
        of(Document.class, Document.parse("{}"));
        of(Document.Builder.class, Document.builder());
        of(Editable.class, floating, item, changed);
        of(FieldPath.class, FieldPath.parse("name"));
        of(FileRef.class, file, pool.file(file));
        of(FileRelease.class, FileRelease.after(Duration.ofDays(1)));
        of(FloatingItem.class, floating);
        of(Group.class, grouping.select(Aggregate.count()).get(0));
        of(Grouping.class, grouping);
        of(History.class, pool.history());
        of(CalendarSchedule.class, Schedule.daily());
        of(CronSchedule.class, Schedule.cron("0 2 * * *"));
        of(Schedule.class, Schedule.daily());
        of(Retention.class, Retention.all());
        Korm.pool().backups("files", plan -> of(BackupPlan.class, plan.every("main", Schedule.daily())));
        of(Author.class, pool.history().by("somebody"));
        of(Item.class, item);
        of(ItemQuery.class, things.fromRn(item.rn()));
        of(ItemData.class, ItemData.of(item));
        of(Items.class, things, things.asOf(Environment.system().clock().instant()));
        of(KeyReport.class, pool.keys().report());
        of(KeyRing.class, keys);
        of(Keys.class, pool.keys());
        of(LocalDepot.class, local);
        LiveQuery<Thing> live = things.query().live(event -> {});
        of(LiveQuery.class, live);
        of(LivePosition.class, live.position());
        of(Lock.class, pool.locks().acquire(LockName.of("name")));
        of(LockName.class, LockName.of("name"));
        of(LockOptions.class, LockOptions.defaults());
        of(LockSet.class, lockSet);
        of(Locks.class, pool.locks());
        of(Danger.class, Korm.danger());
        of(Reset.class, Korm.danger().reset(pool, ResetMode.META));
        of(MirrorDepot.class, mirror);
        of(MirroredDepot.class, pool.depot("mirrored"));
        of(MySql.class, MySql.server("localhost"));
        of(Order.class, Order.asc("name"));
        of(Password.class, password);
        of(PasswordHasher.class, hasher.build());
        of(PasswordHasher.Builder.class, PasswordHasher.builder());
        of(Pool.class, pool);
        of(PoolBuilder.class, Korm.pool());
        of(PoolBackups.class, pool.backups());
        of(PoolFiles.class, pool.files());
        of(PoolTransaction.class, transactions.get(0));
        PoolTransaction.Begun begun = pool.begin(PoolTransaction.Options.DEFAULT);
        begun.close();
        of(PoolTransaction.Begun.class, begun);
        of(PoolTransaction.Savepoint.class, (PoolTransaction.Savepoint) () -> {});
        of(SurroundingTransaction.class, surrounding());
        of(JdbcTransaction.class, JdbcTransaction.of("here", connection()));
        of(PoolTransaction.Scope.class, (PoolTransaction.Scope) () -> {});
        of(PoolTransaction.Options.class, PoolTransaction.Options.DEFAULT);
        of(Postgres.class, Postgres.server("localhost"));
        Items<Counted> counted = Korm.item(Counted.class, pool);
        of(Conversion.class, counted.convert("name", Long::valueOf));
        of(DeletedPurge.class, pool.purgeDeleted(Duration.ofDays(1)));
        of(Purge.class, pool.history().olderThan(Duration.ofDays(1)));
        of(Query.class, things.query());
        of(Recovery.class, pool.recovery());
        of(CollectionMove.class, relocation.to("other").asChange());
        of(Move.class, item.moveTo("other"));
        of(Relocation.class, relocation);
        of(Relocations.class, Korm.collection(Thing.class, pool));
        of(RestoreOptions.class, RestoreOptions.replace());
        of(Rn.class, item.rn(), Rn.file("files", "folder", "name"));
        of(Rotation.class, pool.keys().rotation());
        of(S3Depot.class, S3Depot.bucket("bucket"));
        of(SealedDepot.class, SealedDepot.in(local, keys));
        of(Sqlite.class, Sqlite.memory());
        of(Sweep.class, pool.sweep());
        of(Transaction.class, Korm.tx(changed));
        of(UncommittedItem.class, changed);
        of(Versions.class, versions);
        of(WalReader.class, WalReader.at(folder.resolve("journal")));
        of(Wal.class, wal);

        is(Number.class, 1);
        is(String.class, "name");
        is(BackupId.class, backup);
        of(ChainLimit.class, ChainLimit.weekly());
        is(BackupOptions.class, BackupOptions.defaults());
        is(ZoneId.class, ZoneOffset.UTC);
        is(DayOfWeek.class, DayOfWeek.MONDAY);
        is(LocalTime.class, LocalTime.NOON);
        is(Schedule.class, Schedule.daily());
        is(Retention.class, Retention.all());
        is(ScheduledBackup.class, new ScheduledBackup("files", List.of("main"), Map.of(), BackupOptions.defaults()));
        is(RestoreOptions.class, RestoreOptions.replace());
        is(UnfinishedRestore.class, new UnfinishedRestore(backup, backup, RestoreOptions.Mode.REPLACE, Instant.EPOCH));
        is(UUID.class, UUID.randomUUID());
        is(Class.class, Thing.class);
        is(Object.class, "name");
        is(Path.class, folder);
        is(Duration.class, Duration.ofMinutes(1));
        is(Instant.class, Instant.EPOCH);
        is(Optional.class, Optional.empty());
        is(OptionalLong.class, OptionalLong.empty());
        is(List.class, List.of());
        is(Set.class, Set.of());
        is(Collection.class, List.of());
        is(Map.class, Map.of());
        is(InputStream.class, InputStream.nullInputStream());
        is(Property.class, (Property<Thing, String>) Thing::name);
        is(Reference.class, (Reference<Thing, Thing>) Thing::next);
        Filter[] filters = {
            Filter.everything(),
            Filter.or(Filter.exists("name"), Filter.isNull("name")),
            Filter.exists("name"),
            Filter.isNull("name"),
            Filter.not(Filter.eq("name", "x")),
            Filter.eq("name", "x"),
            Filter.between("name", "x", "y"),
            Filter.inList("name", "x"),
            Filter.contains("name", "x"),
            Filter.any("name", Filter.everything())
        };
        of(Filter.class, (Object[]) filters);
        for (Filter filter : filters) {
            of(filter.getClass(), filter);
        }
        for (Retention retention : List.of(
                Retention.all(),
                Retention.none(),
                Retention.days(1),
                Retention.backups(1),
                Retention.generations(1, 1, 1, 1))) {
            of(retention.getClass(), retention);
        }
        is(Order.Key.class, Aggregate.count());
        is(FieldPath.Step.class, new FieldPath.Entry(0));
        is(PasswordProfile.class, PasswordProfile.LEAST);
        is(Environment.class, Environment.system());
        is(Referenced.class, item);
        is(Item.View.class, Item.View.PLAIN);
        is(LiveListener.class, (LiveListener<Thing>) event -> {});
        is(Throwable.class, new IllegalStateException("tried"));
        is(UnaryOperator.class, UnaryOperator.identity());
        is(Version.class, version);
        is(JournalEntry.class, JournalEntry.done("0"));
        is(DepotSource.class, local);
        is(FeedRetention.class, FeedRetention.DEFAULT);
        is(FileStat.class, pool.depot("files").stat(file.rn()).orElseThrow());
        is(JournalContext.class, new JournalContext("0", Environment.system(), pool::depot));
    }

    /** Returns the pool whose parts are called. */
    Pool pool() {
        return pool;
    }

    @Override
    public void close() {
        lockSet.close();
        pool.close();
        keys.close();
    }

    /** Returns a connection in a transaction, of which nothing else is asked. */
    private static Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                PublicInstances.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, given) -> false);
    }

    private static SurroundingTransaction surrounding() {
        return new SurroundingTransaction("here") {
            @Override
            public boolean isOpen() {
                return false;
            }

            @Override
            public <C> C connection(Class<C> type) {
                throw new IllegalStateException("There is no " + requireNonNull(type, "type"));
            }

            @Override
            public End commit() {
                return End.COMMITTED;
            }
        };
    }
}
