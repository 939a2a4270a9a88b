package dev.korm.testkit.random;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Filter;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.StoreBusyException;
import dev.korm.StoreException.Outcome;
import dev.korm.Stored;
import dev.korm.UncommittedItem;
import dev.korm.Unique;
import dev.korm.file.FileRef;
import dev.korm.file.FileRelease;
import dev.korm.file.Sweep;
import dev.korm.file.SweepReport;
import dev.korm.spi.LayerSource;
import dev.korm.spi.depot.DepotSource;
import dev.korm.spi.depot.FileEntry;
import dev.korm.testkit.LeakCheck;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.FaultyDepot;
import dev.korm.testkit.fault.FaultyLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Changes of items with files that are refused, abandoned, cut off and killed at any step. Whatever happened: each item and its file
 * are of one change, and after a sweep there is no file that no item names, and none missing.
 */
@NullUnmarked // Tests dereference what they expect to be there.
public abstract class RandomFilesContract {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1);
    private Random random;
    private FaultyLayer layer;
    private FaultyDepot depot;
    private Pool pool;
    private int changes;

    /** Returns the layer; empty at first. */
    protected abstract LayerSource layer();

    /** Returns the depot; empty at first. */
    protected abstract DepotSource depot();

    /** Returns how many changes the short test makes. */
    protected int few() {
        return 400;
    }

    /** An item whose file has to say the same as it does. */
    @Stored(namespace = "letters", kind = "private")
    public record Letter(Unique<String> number, String content, FileRef scan, List<FileRef> more) {}

    @Test
    void no_failure_parts_an_item_from_its_file_nor_leaves_any_behind() {
        run(few());
    }

    @Test
    @Tag("long")
    void ten_thousand_failures_part_no_item_from_its_file_nor_leave_any_behind() {
        run(10_000);
    }

    private void run(int count) {
        random = Seed.random(getClass());
        layer = leaks.watch(FaultyLayer.around(layer()));
        depot = FaultyDepot.around(depot());
        pool = open();
        try {
            for (int i = 0; i < count; i++) {
                step();
            }
            reopen();
            pool.sweep().grace(Duration.ZERO).run();
            check();
        } finally {
            depot.heal();
            pool.close();
        }
    }

    private Pool open() {
        FileRelease release = random.nextBoolean() ? FileRelease.DELETE : FileRelease.after(Duration.ofDays(1));
        return Korm.pool()
                .layer("main", layer)
                .depot("files", depot, release)
                .environment(world)
                .open();
    }

    private void reopen() {
        pool.close();
        layer.heal();
        depot.heal();
        pool = open();
    }

    private Items<Letter> letters() {
        return Korm.item(Letter.class, pool);
    }

    private void step() {
        List<Item<Letter>> all = letters().query().limit(50).get();
        plan();
        boolean killed = false;
        try {
            change(all);
        } catch (FaultyDepot.Killed death) {
            killed = true;
        } catch (KormException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
        layer.heal();
        if (killed || random.nextInt(20) == 0) {
            reopen();
        } else {
            depot.heal();
        }
        if (random.nextInt(50) == 0) {
            pool.sweep().grace(Duration.ZERO).run();
        }
    }

    /** Plans the failure of the next change, if any. */
    private void plan() {
        FaultyDepot.Moment moment = random.nextBoolean() ? FaultyDepot.Moment.BEFORE : FaultyDepot.Moment.AFTER;
        FaultyDepot.Call[] calls = {
            FaultyDepot.Call.PUT, FaultyDepot.Call.MOVE, FaultyDepot.Call.DELETE, FaultyDepot.Call.STAT
        };
        FaultyDepot.Call call = calls[random.nextInt(calls.length)];
        int nth = 1 + random.nextInt(3);
        switch (random.nextInt(6)) {
            case 0 -> depot.dieAt(call, nth, moment);
            case 1 -> depot.fail(call, nth, moment);
            case 2 -> {
                for (int i = 1; i <= 3; i++) {
                    depot.fail(FaultyDepot.Call.MOVE, i, FaultyDepot.Moment.BEFORE);
                }
            }
            case 3 -> {
                FaultyLayer.Moment lost = random.nextBoolean() ? FaultyLayer.Moment.BEFORE : FaultyLayer.Moment.AFTER;
                // After some lost answers, the engine gives up asking.
                for (int i = random.nextBoolean() ? 1 : 10; i >= 1; i--) {
                    layer.fail(
                            FaultyLayer.Call.APPLY,
                            i,
                            lost,
                            name -> new StoreBusyException(
                                    name, "Lost, since the test says so", Outcome.UNKNOWN, null));
                }
            }
            case 4 -> layer.failNext(FaultyLayer.Call.APPLY, FaultyLayer.Moment.BEFORE, Outcome.NOT_APPLIED);
            default -> {
                // This one goes well, unless it is refused.
            }
        }
    }

    private void change(List<Item<Letter>> all) {
        int kind = all.isEmpty() ? 0 : random.nextInt(10);
        switch (kind) {
            case 0, 1, 2 -> letters().fromData(fresh()).create();
            case 3, 4, 5 -> edited(pick(all)).commit();
            case 6 -> edited(edited(pick(all)).before()).commit();
            case 7 -> {
                if (random.nextBoolean()) {
                    pick(all).delete();
                } else {
                    String content = pick(all).data().content();
                    letters().query().where(Filter.eq("content", content)).deleteAll();
                }
            }
            case 8 -> {
                Item<Letter> stale = pick(all);
                edited(stale).commit();
                edited(stale).commit();
            }
            default -> {
                Item<Letter> one = pick(all);
                Item<Letter> other = pick(all);
                if (one.rn().equals(other.rn())) {
                    Korm.tx(edited(one), letters().fromData(fresh())).persist();
                } else {
                    Korm.tx(edited(one), other.deletion(), letters().fromData(fresh()))
                            .persist();
                }
            }
        }
    }

    private Item<Letter> pick(List<Item<Letter>> all) {
        return all.get(random.nextInt(all.size()));
    }

    private Letter fresh() {
        String content = "content " + changes++;
        String number = random.nextInt(10) == 0 ? "taken" : "number " + changes;
        List<FileRef> more = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            more.add(file("more/" + changes + "/" + i, content));
        }
        return new Letter(Unique.of(number), content, file("letters/" + changes, content), more);
    }

    private FileRef file(String path, String content) {
        return FileRef.of("files", path, () -> stream(content));
    }

    private InputStream stream(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(15) > 0) {
            return new java.io.ByteArrayInputStream(bytes);
        }
        return new InputStream() {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                throw new IOException("The source is gone");
            }

            @Override
            public int read() throws IOException {
                throw new IOException("The source is gone");
            }
        };
    }

    /** Edits the item: other content under the same name, or under another, with the item saying so. */
    private UncommittedItem<Letter> edited(Item<Letter> item) {
        String content = "content " + changes++;
        Letter before = item.data();
        FileRef scan = random.nextInt(3) == 0
                ? file("letters/" + changes, content)
                : before.scan().edit(() -> stream(content));
        return item.update(letter -> new Letter(letter.number(), content, scan, letter.more()));
    }

    private void check() {
        Set<Rn<?>> named = new HashSet<>();
        List<Item<Letter>> all =
                letters().query().resolvePaths("scan", "more[*]").get();
        for (Item<Letter> item : all) {
            assertThat(item.data().scan().text()).isEqualTo(item.data().content());
            named.add(item.data().scan().rn());
            item.data().more().forEach(file -> {
                assertThat(file.text()).startsWith("content ");
                named.add(file.rn());
            });
        }
        List<Sweep.Finding> findings = new ArrayList<>();
        SweepReport report =
                pool.sweep().grace(Duration.ZERO).each(findings::add).run();
        assertThat(findings).isEmpty();
        assertThat(report.files()).isEqualTo(named.size());
        try (Stream<FileEntry> files = pool.depot("files").list(Rn.prefix("files"))) {
            assertThat(files.map(FileEntry::rn).toList()).containsExactlyInAnyOrderElementsOf(named);
        }
    }
}
