package dev.korm.model.row;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BySchemaTest {
    private static final int SHAPES = 16;

    private final AtomicInteger prepared = new AtomicInteger();
    private final BySchema<Object> bySchema = new BySchema<>(schema -> {
        prepared.incrementAndGet();
        return new Object();
    });

    /** Returns a new object of a shape. */
    private static TableSchema shape(int number) {
        return new TableSchema(
                TableName.items("cars", "suv"),
                List.of(new ColumnSchema("field" + number, ColumnKind.TEXT)),
                List.of());
    }

    @Test
    void equal_shapes_are_prepared_once_however_many_objects_there_are() {
        for (int round = 0; round < 10; round++) {
            for (int number = 0; number < SHAPES; number++) {
                assertThat(bySchema.of(shape(number))).isSameAs(bySchema.of(shape(number)));
            }
        }
        assertThat(prepared).hasValue(SHAPES);
    }

    @Test
    void a_shape_that_comes_again_after_many_others_is_prepared_anew() {
        for (int number = 0; number < 40; number++) {
            bySchema.of(shape(number));
        }
        int before = prepared.get();
        bySchema.of(shape(0));
        assertThat(prepared).hasValue(before + 1);
    }
}
