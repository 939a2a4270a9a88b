package dev.korm.testkit.across;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.PoolBuilder;
import dev.korm.deletion.SoftDelete;
import dev.korm.testkit.Seed;
import dev.korm.testkit.fault.CrashingClient;
import dev.korm.testkit.fault.CrashingLayer;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.memory.MemoryJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A change that deletes items of two layers, whose rows are kept, or restores them, and whose program is killed at each of its steps in turn: it happened in
 * both layers or in neither, whoever looks, and what it did can be taken back.
 */
@NullUnmarked // Tests dereference what they expect to be there.
class SoftDeleteKilledTest {
    private static final List<String> LAYERS = List.of("left", "right");

    @SoftDelete
    record Page(String title, int pages) {}

    /** As an older program knows it: without the field, and without the annotation. */
    record OldPage(String title) {}

    private enum Change {
        DELETION {
            @Override
            void make(Pool pool) {
                Korm.tx(
                                first(Page.class, pool, "left").deletion(),
                                first(Page.class, pool, "right").deletion())
                        .persist();
            }
        },
        DELETION_BY_AN_OLDER_PROGRAM {
            @Override
            void make(Pool pool) {
                Korm.tx(
                                first(OldPage.class, pool, "left").deletion(),
                                first(OldPage.class, pool, "right").deletion())
                        .persist();
            }
        },
        DELETION_IN_A_TRANSACTION {
            @Override
            void make(Pool pool) {
                pool.runTransaction(tx -> {
                    for (String layer : LAYERS) {
                        tx.delete(tx.item(Page.class)
                                .fromQuery(layer, "soft", "page")
                                .first()
                                .orElseThrow());
                    }
                });
            }
        },
        RESTORATION {
            @Override
            void make(Pool pool) {
                Korm.tx(kept(pool, "left").restoration(), kept(pool, "right").restoration())
                        .persist();
            }
        };

        abstract void make(Pool pool);
    }

    private static <T> Item<T> first(Class<T> type, Pool pool, String layer) {
        return Korm.item(type, pool).fromQuery(layer, "soft", "page").first().orElseThrow();
    }

    private static Item<Page> kept(Pool pool, String layer) {
        return Korm.item(Page.class, pool)
                .fromQuery(layer, "soft", "page")
                .includeDeleted()
                .first()
                .orElseThrow();
    }

    /** The stores, and the programs that use them one after the other. */
    private static final class World {
        final Map<String, CrashingLayer> databases = new TreeMap<>();
        final MemoryJournal journal = MemoryJournal.create();
        final VirtualEnvironment time;
        final List<CrashingClient> clients = new ArrayList<>();
        int steps;
        /** The step at which the program dies; 0 for none. */
        int last;

        World(long seed) {
            time = VirtualEnvironment.seeded(seed).withThreads();
            LAYERS.forEach(layer -> databases.put(layer, CrashingLayer.seeded(seed + layer.length())));
        }

        Pool open() {
            PoolBuilder builder = Korm.pool().withWal(journal).environment(time);
            clients.clear();
            databases.forEach((name, database) -> {
                CrashingClient client = database.client((step, moment) -> step());
                clients.add(client);
                builder.layer(name, client);
            });
            return builder.open();
        }

        private void step() {
            if (last > 0 && ++steps == last) {
                clients.forEach(CrashingClient::kill);
                journal.crash();
                throw new CrashingClient.Killed();
            }
        }

        /** Returns whether the program died. */
        boolean isKilled(Pool pool, int step, Runnable change) {
            steps = 0;
            last = step;
            boolean killed = false;
            try {
                change.run();
            } catch (CrashingClient.Killed | RuntimeException dead) {
                // What a dead program says does not matter.
                if (steps < last) {
                    throw dead;
                }
                killed = true;
            } finally {
                last = 0;
            }
            try {
                pool.close();
            } catch (RuntimeException | Error dead) {
                if (!killed) {
                    throw dead;
                }
            }
            return killed;
        }
    }

    @ParameterizedTest
    @EnumSource
    void both_items_are_changed_or_none_wherever_the_program_dies(Change change) {
        long seed = Seed.next(SoftDeleteKilledTest.class);
        List<Long> live = new ArrayList<>();
        boolean killed = true;
        for (int step = 1; killed; step++) {
            World world = new World(seed + step);
            Pool pool = world.open();
            for (String layer : LAYERS) {
                Korm.item(Page.class, pool)
                        .fromData(layer, "soft", "page", new Page("a", 7))
                        .create();
            }
            if (change == Change.RESTORATION) {
                Change.DELETION.make(pool);
            }
            killed = world.isKilled(pool, step, () -> change.make(pool));
            live.add(recovered(world, "seed " + seed + ", died at step " + step));
        }
        assertThat(live).as("seed %d", seed).hasSizeGreaterThan(6).contains(0L, 2L);
    }

    /** Opens a pool, which finishes what was cut off, and returns how many items are not deleted. */
    private static long recovered(World world, String what) {
        try (Pool pool = world.open()) {
            Items<Page> pages = Korm.item(Page.class, pool);
            long live = 0;
            for (String layer : LAYERS) {
                long here = pages.fromQuery(layer, "soft", "page").count();
                assertThat(Korm.item(OldPage.class, pool)
                                .fromQuery(layer, "soft", "page")
                                .count())
                        .as(what)
                        .isEqualTo(here);
                live += here;
            }
            assertThat(live).as(what).isIn(0L, 2L);
            if (live == 0) {
                Change.RESTORATION.make(pool);
            }
            for (String layer : LAYERS) {
                assertThat(kept(pool, layer).data()).as(what).isEqualTo(new Page("a", 7));
                assertThat(kept(pool, layer).deletedAt()).as(what).isEmpty();
            }
            assertThat(pool.recovery().quarantined()).as(what).isEmpty();
            return live;
        }
    }
}
