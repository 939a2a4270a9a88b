package dev.korm.testkit.contract.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.korm.ClosedException;
import dev.korm.live.PositionLostException;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.ChangeFeed;
import dev.korm.spi.ChangeFeed.Kind;
import dev.korm.spi.ChangeFeed.Position;
import dev.korm.spi.ChangeFeed.RowChange;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.PreparedBatch;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.Snapshot;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.testkit.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The obligations of every layer that tells of changes. Inherit it as {@link LayerContract}. */
public abstract class FeedContract extends FeedReaderContract {
    private static final OptionalLong ANY = OptionalLong.empty();
    private static final Duration NONE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ColumnSchema DELETED = new ColumnSchema(TableName.DELETED, ColumnKind.INTEGER);

    private Layer followed() {
        Layer layer = things();
        layer.follow(THINGS);
        return layer;
    }

    private static Position now(Layer layer) {
        try (ChangeFeed feed = layer.changes(Optional.empty())) {
            return feed.position();
        }
    }

    /** Returns what comes behind a position: the number of the thing, its kind of change and its revision. */
    private static List<String> told(Layer layer, Position from) {
        return changes(layer, from).stream().map(FeedContract::text).toList();
    }

    private static List<RowChange> changes(Layer layer, Position from) {
        try (ChangeFeed feed = layer.changes(Optional.of(from))) {
            return rest(feed);
        }
    }

    private static List<RowChange> rest(ChangeFeed feed) {
        List<RowChange> all = new ArrayList<>();
        try {
            for (Optional<RowChange> change = feed.next(NONE); change.isPresent(); change = feed.next(NONE)) {
                all.add(change.get());
            }
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
        return all;
    }

    private static String text(RowChange change) {
        return number(change) + " " + change.kind()
                + (change.revision().isPresent() ? " " + change.revision().getAsLong() : "");
    }

    private static int number(RowChange change) {
        return (int) (UUID.fromString(change.id()).getLeastSignificantBits() & 0xffff);
    }

    private static Mutation update(int number, String text) {
        return new Mutation.Update(THINGS, id(number), ANY, List.of(column("text")), Row.of(text));
    }

    private static Mutation delete(int number) {
        return new Mutation.Delete(THINGS, id(number), ANY);
    }

    @Test
    void a_feed_tells_what_was_committed_in_its_order() {
        Layer layer = followed();
        Position start = now(layer);
        applied(insert(1, "text", "a"));
        applied(insert(2, "text", "b"), update(1, "c"));
        applied(delete(2));
        applied(update(1, "d"));
        assertThat(told(layer, start))
                .containsExactly("1 INSERTED 1", "2 INSERTED 1", "1 UPDATED 2", "2 DELETED", "1 UPDATED 3");
        assertThat(changes(layer, start))
                .allSatisfy(change -> assertThat(change.table()).isEqualTo(THINGS));
        assertThat(told(layer, now(layer))).isEmpty();
    }

    @Test
    void all_that_is_there_is_taken_at_once() throws InterruptedException {
        Layer layer = followed();
        Position start = now(layer);
        List<Mutation> many = new ArrayList<>();
        for (int number = 1; number <= 1_500; number++) {
            many.add(insert(number, "text", "a"));
        }
        applied(many.toArray(new Mutation[0]));
        applied(insert(1_501, "text", "b"));
        try (ChangeFeed feed = layer.changes(Optional.of(start))) {
            assertThat(feed.take(Duration.ofSeconds(20), 10_000)).hasSize(1_501);
            assertThat(feed.take(NONE, 10_000)).isEmpty();
            applied(insert(1_502, "text", "c"), insert(1_503, "text", "c"));
            assertThat(feed.next(NONE)).isPresent();
            applied(insert(1_504, "text", "d"));
            assertThat(feed.take(NONE, 10_000)).extracting(FeedContract::number).containsExactly(1_503, 1_504);
        }
    }

    @Test
    void changes_of_selected_rows_are_told_one_by_one() {
        Layer layer = followed();
        insertAll("text", "a", "b", "a");
        Position start = now(layer);
        Condition some = equal(of("text"), "a");
        applied(new Mutation.UpdateSelected(selection(some), List.of(column("whole")), Row.of(7L)));
        applied(new Mutation.DeleteSelected(selection(some)));
        assertThat(told(layer, start))
                .containsExactlyInAnyOrder("0 UPDATED 2", "2 UPDATED 2", "0 DELETED", "2 DELETED");
    }

    @Test
    void a_feed_goes_on_from_each_of_its_positions_without_a_gap() {
        Layer layer = followed();
        Position start = now(layer);
        for (int i = 0; i < 20; i++) {
            applied(insert(i, "text", "x"), update(i, "y"));
        }
        List<RowChange> all = changes(layer, start);
        assertThat(all).hasSize(40);
        for (int i = 0; i < all.size(); i++) {
            List<String> after = told(layer, all.get(i).position());
            List<String> wanted = all.subList(i + 1, all.size()).stream()
                    .map(FeedContract::text)
                    .toList();
            assertThat(after).endsWith(wanted.toArray(new String[0]));
            assertThat(after.size()).isLessThanOrEqualTo(wanted.size() + 2);
        }
    }

    @Test
    void what_was_refused_or_rolled_back_is_not_told() {
        Layer layer = followed();
        applied(insert(1, "text", "a"));
        Position start = now(layer);
        assertThat(apply(update(1, "b"), insert(1, "text", "c"))).isInstanceOf(BatchResult.Refused.class);
        if (layer.capabilities().has(Feature.HELD_TRANSACTIONS)) {
            try (PreparedBatch prepared = layer.prepare(Batch.of(List.of(update(1, "d"))))) {
                prepared.rollback();
            }
        }
        applied(update(1, "e"));
        assertThat(told(layer, start)).containsExactly("1 UPDATED 2");
    }

    @Test
    void tables_that_nobody_follows_are_not_told_of() {
        Layer layer = followed();
        layer.evolve(schema(OWNERS, List.of(REVISION)), Set.of());
        Position start = now(layer);
        applied(new Mutation.Insert(OWNERS, id(1), List.of(REVISION), Row.of(1L)));
        applied(insert(1, "text", "a"));
        assertThat(told(layer, start)).containsExactly("1 INSERTED 1");
        layer.unfollow(THINGS);
        applied(insert(2, "text", "a"));
        layer.follow(THINGS);
        layer.follow(THINGS);
        applied(insert(3, "text", "a"));
        assertThat(told(layer, start)).containsExactly("1 INSERTED 1", "3 INSERTED 1");
    }

    @Test
    void a_table_that_is_not_there_is_followed_from_its_first_row() {
        Layer layer = layer();
        layer.follow(THINGS);
        Position start = now(layer);
        things();
        applied(insert(1, "text", "a"));
        assertThat(told(layer, start)).containsExactly("1 INSERTED 1");
    }

    @Test
    void marks_of_deletion_delete_and_insert() {
        Layer layer = followed();
        Position start = now(layer);
        layer.evolve(schema(THINGS, List.of(REVISION, DELETED)), Set.of());
        applied(insert(1, "text", "a"));
        applied(new Mutation.Update(THINGS, id(1), ANY, List.of(DELETED), Row.of(5L)));
        applied(update(1, "b"));
        applied(new Mutation.Update(THINGS, id(1), ANY, List.of(DELETED), Row.of((Object) null)));
        assertThat(told(layer, start)).containsExactly("1 INSERTED 1", "1 DELETED", "1 UPDATED 3", "1 INSERTED 4");
    }

    @Test
    void transactions_that_are_open_across_each_other_are_all_told() {
        Layer layer = followed();
        assumeTrue(layer.capabilities().has(Feature.HELD_TRANSACTIONS));
        assumeFalse(isAlone(layer));
        Position start = now(layer);
        PreparedBatch early = layer.prepare(Batch.of(List.of(insert(1, "text", "early"))));
        PreparedBatch late = layer.prepare(Batch.of(List.of(insert(2, "text", "late"))));
        applied(insert(3, "text", "between"));
        late.commit();
        List<RowChange> first = changes(layer, start);
        assertThat(first).extracting(FeedContract::number).containsExactlyInAnyOrder(2, 3);
        Position stored = new Position(first.get(1).position().text());
        applied(insert(4, "text", "later"));
        assertThat(told(layer, stored)).contains("4 INSERTED 1").doesNotContain("1 INSERTED 1");
        early.commit();
        assertThat(told(layer, stored)).contains("1 INSERTED 1", "4 INSERTED 1");
        assertThat(told(layer, start)).hasSize(4);
    }

    private static boolean isAlone(Layer layer) {
        if (layer.capabilities().has(Feature.SINGLE_WRITER)) {
            return true;
        }
        // The layer in memory has one writer, too, and says nothing of it, since nobody else waits for a disk.
        return layer.getClass().getPackageName().endsWith(".memory");
    }

    @Test
    void nothing_is_skipped_whatever_order_open_transactions_end_in() throws Exception {
        Layer layer = followed();
        Random random = Seed.random(getClass());
        boolean held = layer.capabilities().has(Feature.HELD_TRANSACTIONS) && !isAlone(layer);
        Set<Integer> wanted = new HashSet<>();
        Set<Integer> got = new HashSet<>();
        Map<Integer, PreparedBatch> open = new HashMap<>();
        Position at = now(layer);
        for (int i = 0; i < 150; i++) {
            int chance = random.nextInt(10);
            if (held && chance < 4 && open.size() < 6) {
                open.put(
                        i,
                        layer.prepare(Batch.of(List.of(insert(i, "text", "held"), insert(1000 + i, "text", "too")))));
            } else if (!open.isEmpty() && chance < 7) {
                int which = List.copyOf(open.keySet()).get(random.nextInt(open.size()));
                PreparedBatch batch = open.remove(which);
                if (random.nextInt(4) == 0) {
                    batch.rollback();
                } else {
                    batch.commit();
                    wanted.add(which);
                    wanted.add(1000 + which);
                }
            } else if (chance < 9) {
                applied(insert(i, "text", "whole"));
                wanted.add(i);
            }
            if (random.nextInt(3) == 0) {
                at = take(layer, at, random.nextInt(8), got);
                assertThat(wanted).containsAll(got);
            }
        }
        open.values().forEach(PreparedBatch::rollback);
        for (int left = wanted.size(); left >= 0; left--) {
            at = take(layer, at, 1 + random.nextInt(8), got);
        }
        take(layer, at, 1000, got);
        assertThat(got).isEqualTo(wanted);
    }

    /** Reads some changes by a new feed, as after a restart, and returns where to go on. */
    private static Position take(Layer layer, Position from, int count, Set<Integer> got) throws InterruptedException {
        try (ChangeFeed feed = layer.changes(Optional.of(from))) {
            for (int i = 0; i < count; i++) {
                Optional<RowChange> change = feed.next(NONE);
                if (change.isEmpty()) {
                    break;
                }
                got.add(number(change.get()));
            }
            // At least the rest of a transaction, which a feed that is opened anew has again.
            for (int i = 0; i < 2; i++) {
                feed.next(NONE).ifPresent(change -> got.add(number(change)));
            }
            return new Position(feed.position().text());
        }
    }

    @Test
    void who_follows_misses_no_transaction_that_was_open_before() throws Exception {
        Layer layer = things();
        assumeTrue(layer.capabilities().has(Feature.HELD_TRANSACTIONS));
        PreparedBatch open = layer.prepare(Batch.of(List.of(insert(1, "text", "open"))));
        CompletableFuture<Position> following = CompletableFuture.supplyAsync(() -> {
            layer.follow(THINGS);
            return now(layer);
        });
        // Either it waits, or what is open is told of.
        boolean waits;
        try {
            following.get(300, TimeUnit.MILLISECONDS);
            waits = false;
        } catch (java.util.concurrent.TimeoutException still) {
            waits = true;
        }
        open.commit();
        Position start = following.get(LONG.toSeconds(), TimeUnit.SECONDS);
        applied(insert(2, "text", "after"));
        List<String> told = told(layer, start);
        assertThat(told).contains("2 INSERTED 1");
        assertThat(waits || told.contains("1 INSERTED 1")).isTrue();
    }

    @Test
    void a_snapshot_and_the_feed_from_its_position_fit_together() throws Exception {
        Layer layer = followed();
        assumeTrue(layer.capabilities().has(Feature.SNAPSHOTS));
        int threads = 4;
        int each = 60;
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int base = t * 100;
            writers.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < each; i++) {
                    layer.apply(Batch.of(List.of(insert(base + i, "text", "x"))));
                }
            }));
        }
        List<Set<Integer>> seen = new ArrayList<>();
        List<Position> positions = new ArrayList<>();
        while (seen.size() < 12) {
            try (Snapshot snapshot = layer.snapshot()) {
                Set<Integer> rows = new HashSet<>();
                try (RowCursor cursor = snapshot.select(selection(Condition.ALWAYS, value(key())))) {
                    while (cursor.next()) {
                        rows.add((int) (UUID.fromString((String) cursor.get(0)).getLeastSignificantBits() & 0xffff));
                    }
                }
                seen.add(rows);
                positions.add(snapshot.position());
            }
        }
        for (CompletableFuture<Void> writer : writers) {
            writer.get(60, TimeUnit.SECONDS);
        }
        for (int i = 0; i < seen.size(); i++) {
            Set<Integer> later = new HashSet<>();
            for (RowChange change : changes(layer, positions.get(i))) {
                assertThat(later.add(number(change))).isTrue();
            }
            for (int row : seen.get(i)) {
                assertThat(later.add(row)).isTrue();
            }
            assertThat(later).hasSize(threads * each);
        }
    }

    @Test
    void a_feed_that_waits_is_woken_by_a_commit() throws Exception {
        Layer layer = followed();
        try (ChangeFeed feed = layer.changes(Optional.empty())) {
            CompletableFuture<Optional<RowChange>> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return feed.next(LONG);
                } catch (InterruptedException stop) {
                    throw new IllegalStateException(stop);
                }
            });
            applied(insert(1, "text", "a"));
            assertThat(waiting.get(60, TimeUnit.SECONDS).map(FeedContract::text))
                    .contains("1 INSERTED 1");
            assertThat(feed.next(NONE)).isEmpty();
        }
    }

    @Test
    void changes_by_another_program_are_told() throws Exception {
        assumeTrue(isShared());
        Layer layer = followed();
        Layer other = another();
        try (ChangeFeed feed = layer.changes(Optional.empty())) {
            other.apply(Batch.of(List.of(insert(1, "text", "a"))));
            assertThat(feed.next(LONG).map(FeedContract::text)).contains("1 INSERTED 1");
        }
    }

    @Test
    void many_changes_of_one_transaction_come_one_after_another() {
        Layer layer = followed();
        Position start = now(layer);
        List<Mutation> many = new ArrayList<>();
        List<ColumnSchema> columns = List.of(column("text"), REVISION);
        for (int i = 0; i < 2500; i++) {
            many.add(new Mutation.Insert(THINGS, id(i), columns, Row.of("x", 1L)));
        }
        applied(insert(9000, "text", "before"));
        applied(many.toArray(new Mutation[0]));
        applied(insert(9001, "text", "after"));
        List<RowChange> all = changes(layer, start);
        assertThat(all).hasSize(2502);
        for (int i = 0; i < 2500; i++) {
            assertThat(number(all.get(i + 1))).isEqualTo(i);
        }
        List<RowChange> rest = changes(layer, all.get(1700).position());
        assertThat(rest.stream().map(FeedContract::number).toList())
                .endsWith(all.subList(1701, 2502).stream()
                        .map(FeedContract::number)
                        .toArray(Integer[]::new));
    }

    /** Returns what is to be spared so that nothing is forgotten behind a position: nothing, unless the layer forgets by places, and not by changes. */
    protected List<Position> spared(Position position) {
        return List.of();
    }

    @Test
    void who_is_behind_what_was_forgotten_is_told_so() {
        Layer layer = followed();
        Position start = now(layer);
        applied(insert(1, "text", "a"));
        applied(insert(2, "text", "b"));
        Position later = now(layer);
        settle(later);
        layer.forgetChanges(Instant.now().plusSeconds(3600), spared(later));
        applied(insert(3, "text", "c"));
        assertThat(told(layer, later)).containsExactly("3 INSERTED 1");
        assertThatThrownBy(() -> told(layer, start))
                .isInstanceOf(PositionLostException.class)
                .hasMessageContaining("main");
    }

    @Test
    void what_is_young_is_not_forgotten() {
        Layer layer = followed();
        Position start = now(layer);
        applied(insert(1, "text", "a"));
        layer.forgetChanges(Instant.now().minusSeconds(3600));
        assertThat(told(layer, start)).containsExactly("1 INSERTED 1");
    }

    @Test
    void positions_of_other_stores_are_lost() {
        Layer layer = followed();
        applied(insert(1, "text", "a"));
        String text = now(layer).text();
        for (String other : List.of("", "x", "x:1", text + "0000", "other" + text.substring(5))) {
            assertThatThrownBy(() -> told(layer, new Position(other))).isInstanceOf(PositionLostException.class);
        }
    }

    @Test
    void who_follows_a_table_that_is_dropped_has_lost_the_position() {
        Layer layer = followed();
        applied(insert(1, "text", "a"));
        Position before = now(layer);
        assumeTrue(layer.drop(THINGS));
        assertThatThrownBy(() -> told(layer, before)).isInstanceOf(PositionLostException.class);
        followed();
        Position start = now(layer);
        applied(insert(2, "text", "b"));
        assertThat(told(layer, start)).containsExactly("2 INSERTED 1");
    }

    @Test
    void a_closed_feed_tells_nothing() {
        Layer layer = followed();
        ChangeFeed feed = layer.changes(Optional.empty());
        feed.close();
        feed.close();
        assertThatThrownBy(() -> feed.next(NONE)).isInstanceOf(ClosedException.class);
    }

    @Test
    void changes_of_a_row_come_as_they_were_made() throws Exception {
        Layer layer = followed();
        applied(insert(1, "text", "a"));
        Position start = now(layer);
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            writers.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 25; i++) {
                    layer.apply(Batch.of(List.of(update(1, "x"))));
                }
            }));
        }
        for (CompletableFuture<Void> writer : writers) {
            writer.get(60, TimeUnit.SECONDS);
        }
        List<Long> revisions = changes(layer, start).stream()
                .filter(change -> change.kind() == Kind.UPDATED)
                .map(change -> change.revision().orElseThrow())
                .toList();
        assertThat(revisions).hasSize(100).isSorted();
    }
}
