package dev.korm.engine.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.StoreCorruptException;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.schema.ColumnSchema;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowImageTest {
    private static final Object[] INTEGERS = {Long.MIN_VALUE, Long.MAX_VALUE, 0L, 1.5, Double.NaN};
    private static final Object[] REALS = {
        0.0, -0.0, 1.0, Double.MIN_VALUE, Double.MAX_VALUE, Double.NaN, Double.NEGATIVE_INFINITY, 1e22, 0.1
    };
    private static final Object[] DECIMALS = {
        new BigDecimal("12.50"), new BigDecimal("1E+400"), new BigDecimal("-0.000"), new BigDecimal("1E-400")
    };
    private static final Object[] TEXTS = {
        "", "plain", "quotes \" and \\ and \n", "\ud83d\ude97 car", "[\"JSON\"", "null"
    };

    private static void assertKept(ColumnKind kind, Object... values) {
        for (Object value : values) {
            ColumnSchema column = new ColumnSchema("a \"column\"", kind);
            RowImage image = new RowImage(Map.of(column, value));
            assertThat(RowImage.parse("main", image.text()).columns()).isEqualTo(image.columns());
        }
    }

    @Test
    void every_value_is_read_as_it_was_stored() {
        assertKept(ColumnKind.INTEGER, INTEGERS);
        assertKept(ColumnKind.REAL, REALS);
        assertKept(ColumnKind.DECIMAL, DECIMALS);
        assertKept(ColumnKind.TEXT, TEXTS);
        assertKept(ColumnKind.JSON, "{\"a\":[1,{\"b\":null}]}");
        assertKept(ColumnKind.RN, "[rn]:cars:car:3dd91ede-37a4-4c25-a86a-6f1a9e132186");
        assertKept(ColumnKind.BOOLEAN, true, false);
        ColumnSchema bytes = new ColumnSchema("bytes", ColumnKind.BYTES);
        RowImage image = new RowImage(Map.of(bytes, new byte[] {0, -1, 127}));
        assertThat((byte[]) RowImage.parse("main", image.text()).columns().get(bytes))
                .containsExactly(0, -1, 127);
    }

    @Test
    void a_change_replaces_a_column_of_another_kind_and_takes_out_one_that_becomes_null() {
        ColumnSchema text = new ColumnSchema("year", ColumnKind.TEXT);
        ColumnSchema number = new ColumnSchema("year", ColumnKind.INTEGER);
        ColumnSchema other = new ColumnSchema("make", ColumnKind.TEXT);
        Map<ColumnSchema, Object> nothing = new LinkedHashMap<>();
        nothing.put(other, null);
        RowImage image = new RowImage(Map.of(text, "2014", other, "Citroen"));
        assertThat(image.with(Map.of(number, 2014L)).columns())
                .containsOnly(Map.entry(number, 2014L), Map.entry(other, "Citroen"));
        assertThat(image.with(nothing).columns()).containsOnly(Map.entry(text, "2014"));
    }

    @Test
    void what_is_no_image_is_a_typed_error_without_its_content() {
        for (String text : new String[] {"", "{\"a\":", "{\"a\":[\"NEWER\",1]}", "{\"a\":[\"DECIMAL\",\"secret\"]}"}) {
            assertThatThrownBy(() -> RowImage.parse("main", text))
                    .isInstanceOf(StoreCorruptException.class)
                    .hasMessageNotContaining("secret");
        }
    }
}
