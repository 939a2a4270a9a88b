package dev.korm.testkit.mysql;

import static dev.korm.Filter.inList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.Query;
import dev.korm.QueryException;
import dev.korm.Stored;
import dev.korm.spi.LayerSource;
import dev.korm.testkit.contract.query.LargeQueryContract;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MySqlLargeQueryTest extends LargeQueryContract {
    /** More than 64 MiB together, the largest default of {@code max_allowed_packet}. */
    private static final List<String> LONG_TEXTS =
            IntStream.range(0, 1_100).mapToObj(i -> "x".repeat(1 << 16) + i).toList();

    private final String database = MySqlTestServer.newDatabase();

    @Override
    protected LayerSource source() {
        return MySqlTestServer.bounded(database, 2);
    }

    @Stored(namespace = "large", kind = "text")
    record Text(String text, Inside inside) {}

    record Inside(String text) {}

    private Items<Text> stored() {
        Items<Text> texts = Korm.item(Text.class, pool());
        texts.fromData(new Text(LONG_TEXTS.get(7), new Inside(LONG_TEXTS.get(8))))
                .create();
        texts.fromData(new Text("short", new Inside(LONG_TEXTS.get(8) + "longer")))
                .create();
        return texts;
    }

    @Test
    void a_statement_that_is_longer_than_a_packet_is_refused_before_it_is_sent() {
        Query<Text> query = stored().query().where(inList("text", LONG_TEXTS));
        assertThatThrownBy(query::count)
                .isExactlyInstanceOf(QueryException.class)
                .hasMessageContaining("takes at most")
                .hasMessageContaining("nothing was sent");
    }

    /** Of texts beside a value in JSON the server is sent the beginnings, which find candidates; memory does the rest. */
    @Test
    void long_texts_inside_json_are_compared_by_their_beginnings_first() {
        assertThat(stored().query().where(inList("inside.text", LONG_TEXTS)).count())
                .isEqualTo(1);
    }
}
