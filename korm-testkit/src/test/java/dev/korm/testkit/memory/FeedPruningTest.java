package dev.korm.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Stored;
import dev.korm.live.LiveQuery;
import dev.korm.live.PositionLostException;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.Layer;
import dev.korm.spi.feed.FeedReader;
import dev.korm.spi.feed.FeedReaders;
import dev.korm.spi.feed.FeedRetention;
import dev.korm.spi.query.TableName;
import dev.korm.testkit.fault.VirtualEnvironment;
import dev.korm.testkit.live.HeldItems;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a pool with live queries forgets by itself. */
class FeedPruningTest {
    private static final FeedRetention RETENTION = new FeedRetention(Duration.ofHours(1), Duration.ofDays(1));

    /** A row. */
    @Stored(namespace = "live", kind = "note")
    record Note(int number) {}

    private final VirtualEnvironment world = VirtualEnvironment.seeded(1).withThreads();
    private final MemoryLayer store = MemoryLayer.create();

    private static boolean isKept(Layer layer, ChangeFeed.Position from) throws InterruptedException {
        try (ChangeFeed feed = layer.changes(Optional.of(from))) {
            return feed.next(Duration.ZERO).isPresent();
        } catch (PositionLostException lost) {
            return false;
        }
    }

    @Test
    void a_pool_with_live_queries_forgets_changes_that_are_old_and_that_no_reader_needs() throws InterruptedException {
        try (Layer layer = store.open("main", world);
                Pool pool = Korm.pool()
                        .layer("main", store)
                        .environment(world)
                        .retainChanges(RETENTION)
                        .open()) {
            layer.follow(TableName.items("live", "note"));
            FeedReaders readers = FeedReaders.of(layer);
            Items<Note> notes = Korm.item(Note.class, pool);
            HeldItems<Note> held = new HeldItems<>();
            ChangeFeed.Position start;
            try (FeedReader reader = readers.open("index");
                    LiveQuery<Note> live = notes.query().live(held)) {
                start = readers.list().get(0).position();
                assertThat(live).isNotNull();
                held.await(List::isEmpty);
                notes.fromData(new Note(1)).create();
                held.await(items -> items.size() == 1);
                // Twice, so that the thread has pruned once for sure.
                for (int i = 2; i < 4; i++) {
                    int wanted = i;
                    world.advance(Duration.ofHours(2));
                    notes.fromData(new Note(i)).create();
                    held.await(items -> items.size() == wanted);
                }
                assertThat(isKept(layer, start)).isTrue();
                assertThat(reader.next(Duration.ZERO)).isPresent();
                world.advance(Duration.ofDays(2));
                for (int i = 4; isKept(layer, start); i++) {
                    int wanted = i;
                    notes.fromData(new Note(i)).create();
                    held.await(items -> items.size() == wanted);
                    assertThat(i).isLessThan(1000);
                }
            }
        }
    }
}
