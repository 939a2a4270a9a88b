package dev.korm.testkit;

import static dev.korm.Filter.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.AlreadyExistsException;
import dev.korm.DuplicateException;
import dev.korm.Encrypted;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.NotFoundException;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.Rn;
import dev.korm.Searchable;
import dev.korm.Stored;
import dev.korm.Unique;
import dev.korm.deletion.PurgedItems;
import dev.korm.deletion.SoftDelete;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.history.Operation;
import dev.korm.history.Version;
import dev.korm.key.KeyRing;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryDepot;
import dev.korm.testkit.memory.MemoryLayer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Items that are kept when they are deleted, beside the other parts of a pool: history, files, keys; and random runs beside a model. */
@NullUnmarked // Tests dereference what they expect to be there.
class SoftDeletePoolTest {
    private final VirtualEnvironment world = VirtualEnvironment.seeded(5).withThreads();
    private final LayerSource layer = MemoryLayer.create();

    @Stored(namespace = "soft", kind = "page")
    @SoftDelete
    record Page(String text, @Nullable FileRef picture) {}

    @Stored(namespace = "soft", kind = "account")
    @SoftDelete
    record Account(@Searchable(unique = true) Encrypted<String> number) {}

    @Stored(namespace = "soft", kind = "login")
    @SoftDelete
    record Login(Unique<String> name, int count) {}

    private PoolBuilder builder() {
        return Korm.pool().layer("main", layer).environment(world);
    }

    private static List<Operation> operations(Items<Page> pages, Rn<Page> rn) {
        return pages.history(rn).newest(10).stream().map(Version::operation).toList();
    }

    @Test
    void the_history_tells_of_a_deletion_and_a_restoration() {
        try (Pool pool = builder().withHistory().open()) {
            Items<Page> pages = Korm.item(Page.class, pool);
            Item<Page> page = pages.fromData(new Page("one", null)).create();
            world.advance(Duration.ofHours(1));
            Instant before = world.clock().instant();
            world.advance(Duration.ofHours(1));
            page.delete();
            assertThat(operations(pages, page.rn())).containsExactly(Operation.DELETED, Operation.CREATED);
            world.advance(Duration.ofHours(1));
            Instant deleted = world.clock().instant();
            world.advance(Duration.ofHours(1));
            pages.restore(page.rn());
            assertThat(operations(pages, page.rn()))
                    .containsExactly(Operation.CREATED, Operation.DELETED, Operation.CREATED);
            assertThat(pages.asOf(before).query().count()).isEqualTo(1);
            assertThat(pages.asOf(deleted).query().count()).isZero();
            assertThat(pages.asOf(deleted).fromRn(page.rn()).find()).isEmpty();
            assertThat(pages.history(page.rn()).newest(1).get(0).data()).contains(page.data());
        }
    }

    @Test
    void an_undo_restores_what_was_deleted_and_a_purge_makes_no_version() {
        try (Pool pool = builder().withHistory().open()) {
            Items<Page> pages = Korm.item(Page.class, pool);
            Item<Page> page = pages.fromData(new Page("one", null)).create();
            page.delete();
            String deletion =
                    pages.history(page.rn()).newest(1).get(0).transaction().orElseThrow();
            String undo = pool.history().undo(deletion).transaction();
            assertThat(pages.fromRn(page.rn()).get().data()).isEqualTo(page.data());
            assertThat(pages.query().includeDeleted().count()).isEqualTo(1);
            pool.history().undo(undo);
            assertThat(pages.query().count()).isZero();
            assertThat(pages.query().includeDeleted().count()).isEqualTo(1);
            int versions = operations(pages, page.rn()).size();
            assertThat(pool.purgeDeleted(Duration.ZERO).run()).isEqualTo(new PurgedItems(1, 1));
            assertThat(operations(pages, page.rn())).hasSize(versions);
            // Undone after the purge, the item comes back from its versions.
            String last =
                    pages.history(page.rn()).newest(1).get(0).transaction().orElseThrow();
            pool.history().undo(last);
            assertThat(pages.fromRn(page.rn()).get().data()).isEqualTo(page.data());
        }
    }

    @Test
    void files_of_a_deleted_item_stay_until_it_is_purged() {
        try (Pool pool = builder()
                .depot("files", MemoryDepot.create(), FileRelease.DELETE)
                .open()) {
            Items<Page> pages = Korm.item(Page.class, pool);
            Item<Page> page = pages.fromData(
                            new Page("one", FileRef.of("files", "a.txt", "hello".getBytes(StandardCharsets.UTF_8))))
                    .create();
            Item<Page> bulk = pages.fromData(
                            new Page("bulk", FileRef.of("files", "b.txt", "hello".getBytes(StandardCharsets.UTF_8))))
                    .create();
            page.delete();
            assertThat(pages.query().where(eq("text", "bulk")).deleteAll()).isEqualTo(1);
            world.advance(Duration.ofDays(400));
            pool.sweep().run();
            assertThat(pool.file(pages.restore(page.rn()).data().picture()).bytes())
                    .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
            pages.fromRn(page.rn()).get().delete();
            Rn<?> file = page.data().picture().rn();
            Rn<?> other = bulk.data().picture().rn();
            assertThat(pool.depot("files").stat(file)).isPresent();
            assertThat(pool.depot("files").stat(other)).isPresent();
            pool.purgeDeleted(Duration.ZERO).run();
            assertThat(pool.depot("files").stat(file)).isEmpty();
            assertThat(pool.depot("files").stat(other)).isEmpty();
        }
    }

    private static KeyRing keys(String current, String... others) {
        Map<String, byte[]> keys = new HashMap<>();
        keys.put(current, key(current));
        for (String other : others) {
            keys.put(other, key(other));
        }
        return KeyRing.of(current, keys);
    }

    private static byte[] key(String id) {
        byte[] key = new byte[32];
        new Random(id.hashCode()).nextBytes(key);
        return key;
    }

    @Test
    void keys_are_changed_under_deleted_items_too() {
        Rn<Account> rn;
        try (Pool pool = builder().keys(keys("k1")).open()) {
            Items<Account> accounts = Korm.item(Account.class, pool);
            Item<Account> account =
                    accounts.fromData(new Account(Encrypted.of("4711"))).create();
            rn = account.rn();
            account.delete();
        }
        try (Pool pool = builder().keys(keys("k2", "k1")).open()) {
            assertThat(pool.keys().report().keyIds()).containsExactly("k1");
            pool.keys().rotation().run();
            pool.keys().requireUnused("k1");
        }
        try (Pool pool = builder().keys(keys("k2")).open()) {
            Items<Account> accounts = Korm.item(Account.class, pool);
            assertThat(accounts.query().count()).isZero();
            Item<Account> other =
                    accounts.fromData(new Account(Encrypted.of("4711"))).create();
            assertThatThrownBy(() -> accounts.restore(rn)).isInstanceOf(DuplicateException.class);
            other.delete();
            assertThat(accounts.restore(rn).data().number().reveal()).isEqualTo("4711");
            assertThatThrownBy(() ->
                            accounts.fromData(new Account(Encrypted.of("4711"))).create())
                    .isInstanceOf(DuplicateException.class);
        }
    }

    /** What there is to be: by id, the name, and whether it is deleted. */
    private record Expected(String name, boolean deleted) {}

    @Test
    void random_deletions_restorations_and_purges_are_as_in_a_model() {
        Random random = Seed.random(SoftDeletePoolTest.class);
        try (Pool pool = builder().open()) {
            Items<Login> logins = Korm.item(Login.class, pool);
            Map<String, Expected> model = new TreeMap<>();
            Map<String, Rn<Login>> names = new HashMap<>();
            for (int step = 0; step < 600; step++) {
                String name = "n" + random.nextInt(12);
                List<String> ids = new ArrayList<>(model.keySet());
                String id = ids.isEmpty() ? "" : ids.get(random.nextInt(ids.size()));
                Expected is = model.get(id);
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        boolean taken = model.values().stream()
                                .anyMatch(each -> !each.deleted() && each.name().equals(name));
                        if (taken) {
                            assertThatThrownBy(() -> logins.fromData(new Login(Unique.of(name), 0))
                                            .create())
                                    .isInstanceOf(DuplicateException.class);
                        } else {
                            Rn<Login> rn = logins.fromData(new Login(Unique.of(name), 0))
                                    .create()
                                    .rn();
                            model.put(rn.id().orElseThrow(), new Expected(name, false));
                            names.put(rn.id().orElseThrow(), rn);
                        }
                    }
                    case 2, 3 -> {
                        if (is != null && is.deleted()) {
                            assertThat(logins.fromRn(names.get(id)).find()).isEmpty();
                        } else if (is != null && random.nextBoolean()) {
                            logins.fromRn(names.get(id)).get().delete();
                            model.put(id, new Expected(is.name(), true));
                        } else if (is != null) {
                            assertThat(logins.query()
                                            .where(eq("name", is.name()))
                                            .deleteAll())
                                    .isEqualTo(1);
                            model.put(id, new Expected(is.name(), true));
                        }
                    }
                    case 4 -> {
                        if (is != null) {
                            restore(logins, model, names, id, is);
                        }
                    }
                    default -> {
                        if (random.nextInt(10) == 0) {
                            long deleted = model.values().stream()
                                    .filter(Expected::deleted)
                                    .count();
                            assertThat(pool.purgeDeleted(Duration.ZERO).run().purged())
                                    .isEqualTo(deleted);
                            model.values().removeIf(Expected::deleted);
                        } else if (is != null) {
                            assertThat(logins.query()
                                            .where(eq("name", is.name()))
                                            .count())
                                    .isEqualTo(model.values().stream()
                                            .filter(each -> !each.deleted()
                                                    && each.name().equals(is.name()))
                                            .count());
                        }
                    }
                }
                world.advance(Duration.ofMillis(1));
                compare(logins, model);
            }
        }
    }

    private static void restore(
            Items<Login> logins, Map<String, Expected> model, Map<String, Rn<Login>> names, String id, Expected is) {
        boolean taken = model.values().stream()
                .anyMatch(each -> !each.deleted() && each.name().equals(is.name()));
        if (!is.deleted()) {
            assertThatThrownBy(() -> logins.restore(names.get(id))).isInstanceOf(AlreadyExistsException.class);
        } else if (taken) {
            assertThatThrownBy(() -> logins.restore(names.get(id))).isInstanceOf(DuplicateException.class);
        } else {
            assertThat(logins.restore(names.get(id)).data().name().value()).isEqualTo(is.name());
            model.put(id, new Expected(is.name(), false));
        }
    }

    private static void compare(Items<Login> logins, Map<String, Expected> model) {
        Map<String, Expected> all = new TreeMap<>();
        logins.query()
                .includeDeleted()
                .get()
                .forEach(item -> all.put(
                        item.rn().id().orElseThrow(),
                        new Expected(
                                item.data().name().value(), item.deletedAt().isPresent())));
        assertThat(all).isEqualTo(model);
        assertThat(logins.query().count())
                .isEqualTo(
                        model.values().stream().filter(each -> !each.deleted()).count());
    }

    @Test
    void an_item_that_was_never_there_is_not_restored() {
        try (Pool pool = builder().open()) {
            Items<Login> logins = Korm.item(Login.class, pool);
            Rn<Login> never = Rn.parse("[rn]:soft:login:6b3c2c9e-0000-4000-8000-000000000001");
            assertThatThrownBy(() -> logins.restore(never)).isInstanceOf(NotFoundException.class);
        }
    }
}
