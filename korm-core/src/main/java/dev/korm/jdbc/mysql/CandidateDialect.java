package dev.korm.jdbc.mysql;

import dev.korm.jdbc.sql.OrderKey;
import dev.korm.jdbc.sql.TableSources;
import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.TextPattern;
import dev.korm.spi.schema.IndexSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The dialect with every condition weakened to one that is true wherever the condition is, and perhaps elsewhere: what the
 * database cannot evaluate exactly is looked at again in memory, and this spares what cannot count the way there.
 */
final class CandidateDialect extends MySqlDialect {
    private final MySqlExactness exactness;

    CandidateDialect(MySqlDialect dialect, MySqlExactness exactness) {
        super(dialect);
        this.exactness = exactness;
    }

    /** Returns none: candidate rows are not counted, and some are locked as they are read, which subqueries would not do. */
    @Override
    public Optional<OrderKey> orderKey(TableSchema table, IndexSchema index) {
        return Optional.empty();
    }

    /** Returns none for what is weakened; of the others what is true wherever they are. */
    @Override
    public Optional<Runnable> ofHiddenColumns(
            SqlWriter sql, Condition condition, TableSources sources, List<String> preferred) {
        return exactness.isExact(condition)
                ? super.ofHiddenColumns(sql, condition, sources, preferred)
                : Optional.empty();
    }

    @Override
    public boolean condition(SqlWriter sql, Condition condition, TableSources sources) {
        if (exactness.isExact(condition)) {
            return super.condition(sql, condition, sources);
        }
        if (condition instanceof Condition.And || condition instanceof Condition.Or) {
            return false;
        }
        if (condition instanceof Condition.Matches matches
                && matches.pattern().sensitivity() == TextPattern.Case.INSENSITIVE
                && exactness.isValue(matches.operand())) {
            mayMatch(sql, matches.operand(), matches.pattern(), sources);
        } else if (condition instanceof Condition.Compare compare
                && compare.comparison() == Condition.Comparison.EQUAL
                && isText(compare.operand(), List.of(compare.value()))) {
            mayBeOneOf(sql, (Operand.Json) compare.operand(), List.of(compare.value()), sources);
        } else if (condition instanceof Condition.OneOf oneOf && isText(oneOf.operand(), oneOf.values())) {
            mayBeOneOf(sql, (Operand.Json) oneOf.operand(), oneOf.values(), sources);
        } else {
            sql.add(truth(true));
        }
        return true;
    }

    /** Returns whether it is a text inside a column of JSON, beside texts. */
    private boolean isText(Operand operand, List<Object> constants) {
        return operand instanceof Operand.Json json
                && (MySqlDialect.isText(json)
                        || (json.kind() == ColumnKind.OTHER
                                && constants.stream().allMatch(CandidateDialect::isText)))
                && root(json) instanceof Operand.Column column
                && exactness.isValue(column);
    }

    private static boolean isText(Object constant) {
        return constant instanceof String
                || (constant instanceof Condition.Parameter parameter && parameter.kind() == ColumnKind.TEXT);
    }

    private static Operand root(Operand.Json json) {
        return json.document() instanceof Operand.Json outer && outer.kind() == ColumnKind.JSON
                ? root(outer)
                : json.document();
    }

    private static JsonPath path(Operand.Json json) {
        List<JsonPath.Step> steps = new ArrayList<>(json.path().steps());
        Operand document = json.document();
        while (document instanceof Operand.Json outer) {
            steps.addAll(0, outer.path().steps());
            document = outer.document();
        }
        return new JsonPath(steps);
    }

    private void mayBeOneOf(SqlWriter sql, Operand.Json json, List<Object> constants, TableSources sources) {
        Operand.Column column = (Operand.Column) root(json);
        JsonPath path = path(json);
        Optional<String> indexed = sources.generatedColumn(column, path);
        Runnable found = () -> {
            if (indexed.isPresent()) {
                sql.column(column.source(), indexed.get());
            } else {
                scalar(sql, () -> value(sql, column, sources), path);
                byCodePoint(sql);
            }
        };
        sql.add("(");
        found.run();
        sql.add(" IN (");
        for (int i = 0; i < constants.size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            sql.bind(BindParameter.of(constants.get(i), given -> JsonScalarPrefix.beginning((String) given)));
        }
        sql.add(") OR ");
        found.run();
        sql.add(" IS NULL)");
    }
}
