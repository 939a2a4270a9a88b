package dev.korm.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Document;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.KormException;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.gateway.query.FieldNames;
import dev.korm.live.LiveEvent;
import dev.korm.live.LivePosition;
import dev.korm.testkit.memory.MemoryLayer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What subscribers of a question are told when a change is told in several events and not all of them come. */
class SharedQuestionTest {
    private static final LivePosition POSITION = LivePosition.of("a");
    private static final FieldNames NAMES = new FieldNames("id", Set.of(), Set.of());

    private final Pool pool = Korm.pool().layer("main", MemoryLayer.create()).open();
    private final FanOut fanOut = new FanOut(1);
    private final SharedQuestion question = new SharedQuestion(NAMES, new VersionClock(Clock.systemUTC()), fanOut);
    private final List<String> heard = new ArrayList<>();
    private final Subscriber subscriber = new Subscriber() {
        @Override
        public void snapshot(long version, List<Row> rows) {
            heard.add("snapshot of " + rows.size());
        }

        @Override
        public void change(long version, RowEvent event) {
            heard.add(event.isFollowed() ? "change, and more" : "change");
        }

        @Override
        public void page(long version, byte[] diff) {}

        @Override
        public void interrupted() {
            heard.add("no more");
        }

        @Override
        public void failed(KormException failure) {}
    };

    @AfterEach
    void close() {
        fanOut.close();
        pool.close();
    }

    private Item<Document> item() {
        return Korm.item(Document.class, pool)
                .fromData(Rn.collection("a", "b"), Document.of(Map.of("n", 1L)))
                .create();
    }

    @Test
    void a_change_whose_second_event_fails_is_told_as_far_as_it_came_and_the_rows_come_anew() {
        question.join(subscriber);
        question.onEvent(new LiveEvent.Snapshot<>(List.of(), POSITION));
        question.onEvent(new LiveEvent.Entered<>(item(), 0, POSITION, 1));
        assertThat(heard).containsExactly("snapshot of 0", "change, and more");
        assertThatThrownBy(() -> question.onEvent(new LiveEvent.Entered<>(item(), 9, POSITION, 0)))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(heard).endsWith("change, and more", "no more");
        question.onEvent(new LiveEvent.Snapshot<>(List.of(), POSITION));
        assertThat(heard).endsWith("no more", "snapshot of 0");
    }

    @Test
    void who_leaves_in_the_middle_of_a_change_has_what_it_was_told() {
        question.join(subscriber);
        question.onEvent(new LiveEvent.Snapshot<>(List.of(), POSITION));
        question.onEvent(new LiveEvent.Entered<>(item(), 0, POSITION, 1));
        question.leave(subscriber);
        question.onEvent(new LiveEvent.Entered<>(item(), 1, POSITION, 0));
        assertThat(heard).containsExactly("snapshot of 0", "change, and more", "no more");
    }
}
