package dev.korm.engine.relocate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is remembered of a move's rows grows with their shapes, and not with the rows, each of which may bring a list of its own. */
class LongerColumnsTest {
    private static final ColumnSchema BEHIND = new ColumnSchema("behind", ColumnKind.INTEGER);

    private final LongerColumns longer = new LongerColumns(BEHIND);

    private static List<ColumnSchema> columns(String name) {
        return new ArrayList<>(List.of(new ColumnSchema(name, ColumnKind.TEXT)));
    }

    @Test
    void rows_of_one_shape_have_one_list() {
        List<ColumnSchema> first = longer.of(columns("a"));

        assertThat(first).containsExactly(columns("a").get(0), BEHIND);
        assertThat(longer.of(columns("a"))).isSameAs(first);
    }

    @Test
    void more_shapes_than_are_remembered_are_served() {
        for (int shape = 0; shape < 1_000; shape++) {
            assertThat(longer.of(columns("c" + shape)))
                    .containsExactly(columns("c" + shape).get(0), BEHIND);
        }
    }
}
