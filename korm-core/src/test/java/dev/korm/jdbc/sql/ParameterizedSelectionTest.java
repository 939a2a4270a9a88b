package dev.korm.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Condition.Comparison;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ParameterizedSelectionTest {
    private static Operand column(ColumnKind kind) {
        return new Operand.Column(0, "a", kind);
    }

    private static Condition equal(ColumnKind kind, Object constant) {
        return new Condition.Compare(column(kind), Comparison.EQUAL, constant);
    }

    private static Selection where(Condition condition) {
        return new Selection(
                TableName.items("cars", "suv"),
                List.of(),
                List.of(new Output.Value(column(ColumnKind.TEXT))),
                condition,
                List.of(),
                List.of(),
                OptionalLong.empty());
    }

    private static Optional<ParameterizedSelection> of(Condition condition) {
        return ParameterizedSelection.of(where(condition));
    }

    @Test
    void selections_that_differ_by_constants_alone_have_one_skeleton() {
        ParameterizedSelection one = of(new Condition.And(
                        List.of(equal(ColumnKind.INTEGER, 1L), equal(ColumnKind.TEXT, "x"))))
                .orElseThrow();
        ParameterizedSelection other = of(new Condition.And(
                        List.of(equal(ColumnKind.INTEGER, 2L), equal(ColumnKind.TEXT, "y"))))
                .orElseThrow();
        assertThat(one.selection()).isEqualTo(other.selection());
        assertThat(one.constants()).containsExactly(1L, "x");
        assertThat(other.constants()).containsExactly(2L, "y");
    }

    @Test
    void selections_that_differ_by_anything_else_do_not() {
        assertThat(of(equal(ColumnKind.INTEGER, 1L)).orElseThrow().selection())
                .isNotEqualTo(of(new Condition.Compare(column(ColumnKind.INTEGER), Comparison.LESS, 1L))
                        .orElseThrow()
                        .selection())
                .isNotEqualTo(of(equal(ColumnKind.TEXT, "1")).orElseThrow().selection());
    }

    @Test
    void a_constant_of_another_class_than_its_column_stays() {
        assertThat(of(equal(ColumnKind.INTEGER, BigDecimal.ONE))).isEmpty();
        assertThat(of(equal(ColumnKind.INTEGER, 1.5))).isEmpty();
        assertThat(of(equal(ColumnKind.JSON, "{}"))).isEmpty();
        assertThat(of(new Condition.Not(equal(ColumnKind.INTEGER, 1L)))).isEmpty();
    }
}
