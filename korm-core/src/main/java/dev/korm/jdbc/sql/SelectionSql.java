package dev.korm.jdbc.sql;

import dev.korm.jdbc.sql.text.BindParameter;
import dev.korm.jdbc.sql.text.Sql;
import dev.korm.jdbc.sql.text.SqlWriter;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Join;
import dev.korm.spi.query.JsonPath;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes selections as SQL. Every constant becomes a placeholder. */
public final class SelectionSql {
    /** Longer lists of conditions are written as a tree, since databases bound the depth of an expression. */
    private static final int FLAT = 32;

    /** Lists of constants are filled up to a power of two, so that few statements serve lists of all lengths. */
    private static final int PADDED = 4096;

    /** From so many on, the texts of a list are bound as one value. */
    private static final int MANY = 64;

    /** So many conditions that all have to hold are left for the planner to choose from. */
    private static final int CHOICE = 500;

    /** Subqueries within one another: what is in one may be written twice. */
    private static final int DEEP = 3;

    private final Dialect dialect;
    private final TableSources sources;
    private final SqlWriter sql;
    private final ShownConditions shown;
    private @Nullable ReferenceSubqueries subqueries;
    private ReferenceSubqueries.@Nullable Scope scope;
    private int depth;
    private int negations;
    private List<String> preferred = List.of();

    /** What holds of the rows that are selected from, beside their condition. */
    private List<LooseScan.Member> members = List.of();

    /** What the rows come behind, by several keys as one; empty for all rows. */
    private List<Condition.Compare> behind = List.of();

    private SelectionSql(Dialect dialect, TableSources sources, SqlWriter sql) {
        this.dialect = dialect;
        this.sources = sources;
        this.sql = sql;
        this.shown = new ShownConditions(dialect, sources, sql);
    }

    /** Returns the selection as a query. */
    public static Sql query(Selection asked, Dialect dialect, TableSources sources) {
        SelectionSql writer = new SelectionSql(dialect, sources, dialect.writer());
        Selection selection = writer.declared(asked);
        if (dialect.readsParts()) {
            List<Selection> parts = OrderedParts.of(selection, dialect, sources).orElseGet(() -> List.of(selection));
            writer.inPieces(LooseScan.of(parts, dialect, sources), selection);
            return writer.sql.toSql();
        }
        Optional<KeyedPage> page = KeyedPage.of(selection, dialect, sources);
        if (page.isPresent()) {
            writer.byOrderKeys(selection, page.get());
            return writer.sql.toSql();
        }
        Optional<NullSplit> split = NullSplit.of(selection, dialect, sources);
        if (split.isPresent()) {
            writer.inParts(split.get());
        } else {
            writer.whole(selection);
        }
        return writer.sql.toSql();
    }

    /**
     * The first rows of a page, which are all of it where they are enough.
     *
     * @param enough how many rows are
     * @param isAll whether the page has no others
     */
    public record Beginning(Sql sql, long enough, boolean isAll) {}

    /**
     * Returns the first rows of a page as a query that is answered from one range of an index; empty where {@link #query} is as good. Where they are not
     * enough, that one answers all of them.
     */
    public static Optional<Beginning> beginning(Selection selection, Dialect dialect, TableSources sources) {
        if (selection.limit().isEmpty() || !selection.joins().isEmpty()) {
            return Optional.empty();
        }
        sources.put(0, selection.from());
        return PageBeginning.of(selection, dialect, sources).map(page -> {
            SelectionSql writer = new SelectionSql(dialect, sources, dialect.writer());
            writer.members = page.piece().members();
            writer.behind = page.behind();
            writer.whole(page.piece().selection());
            return new Beginning(writer.sql.toSql(), selection.limit().getAsLong(), page.isAll());
        });
    }

    private void whole(Selection selection) {
        sql.add("SELECT ");
        outputs(selection.outputs(), !selection.groupBy().isEmpty());
        rest(selection);
    }

    /**
     * Writes a page by the order key of its rows: those that come first by it, and those that equal the last of them as far as it holds a text from which
     * something may have been cut off. Only these are sorted.
     */
    private void byOrderKeys(Selection selection, KeyedPage page) {
        String key = selection.from().key();
        sql.add("SELECT ");
        outputs(selection.outputs(), false);
        sql.add(" FROM ((SELECT ").column(0, key);
        beginning(selection, page);
        sql.add(" LIMIT ").bind(selection.limit().orElseThrow()).add(")");
        page.beginnings().forEach(text -> equalToLast(selection, page, text));
        sql.add(") AS page STRAIGHT_JOIN ");
        dialect.table(sql, selection.from());
        sql.add(" AS ").source(0).add(" ON ").column(0, key).add(" = page.").name(key);
        joins(selection.joins());
        conditions(selection);
    }

    /** Writes the rows that equal the last of a page up to a text, when something may have been cut off from it. */
    private void equalToLast(Selection selection, KeyedPage page, OrderKey.Beginning text) {
        List<String> columns = page.columns().subList(0, page.columns().indexOf(text.column()) + 1);
        sql.add(" UNION (SELECT ").column(0, selection.from().key()).add(" FROM (SELECT ");
        String separator = "";
        for (String column : columns) {
            sql.add(separator).column(0, column);
            separator = ", ";
        }
        beginning(selection, page);
        sql.add(" LIMIT ").bind(selection.limit().orElseThrow() - 1).add(", 1) AS last STRAIGHT_JOIN ");
        dialect.table(sql, selection.from());
        sql.add(" AS ").source(0);
        separator = " ON ";
        for (String column : columns) {
            sql.add(separator).column(0, column).add(" = last.").name(column);
            separator = " AND ";
        }
        sql.add(" WHERE CHAR_LENGTH(last.").name(text.column()).add(") = ").add(text.length());
        sql.add(")");
    }

    /** Writes the rows of a selection in the order of the order key. */
    private void beginning(Selection selection, KeyedPage page) {
        from(selection);
        // Of several indexes that a filter could use the one with the order, which else need not be chosen.
        preferred = page.columns();
        where(selection);
        preferred = List.of();
        String direction = page.direction() == SortKey.Direction.ASCENDING ? "" : " DESC";
        sql.add(" ORDER BY ");
        for (String column : page.columns()) {
            sql.column(0, column).add(direction).add(", ");
        }
        sql.column(0, selection.from().key()).add(direction);
    }

    private void inPieces(LooseScan scan, Selection whole) {
        List<LooseScan.Piece> pieces = scan.pieces();
        if (pieces.size() == 1) {
            whole(pieces.get(0).selection());
            return;
        }
        String separator = "WITH RECURSIVE ";
        for (LooseScan.Groups groups : scan.groups()) {
            sql.add(separator);
            groups(groups);
            separator = ", ";
        }
        sql.add(scan.groups().isEmpty() ? "" : " ");
        for (int i = 0; i < pieces.size(); i++) {
            sql.add(i == 0 ? "" : " UNION ALL ");
            LooseScan.Piece piece = pieces.get(i);
            int place = i;
            dialect.part(sql, place, () -> {
                members = piece.members();
                selected(piece.selection(), whole.order(), place);
                members = List.of();
            });
        }
        inOrder(whole, (key, column) -> dialect.order(sql, () -> sql.add(column), key.direction(), key.nulls()));
    }

    /** Writes the first values of a key, by a seek for each, until there are enough rows before one of them. */
    private void groups(LooseScan.Groups groups) {
        Selection among = groups.among();
        long enough = groups.enough();
        members = groups.within();
        groups(groups.number()).add("(k, n) AS (SELECT * FROM (SELECT ");
        key(groups);
        sql.add(", CAST(0 AS bigint) AS n");
        from(among);
        where(among);
        firstKey(groups);
        sql.add(") AS f UNION ALL SELECT (SELECT ");
        key(groups);
        further(groups);
        sql.add(groups.ascends() ? " > " : " < ");
        groups(groups.number()).add(".k");
        firstKey(groups);
        sql.add("), ");
        groups(groups.number()).add(".n + (SELECT count(*) FROM (SELECT 1");
        further(groups);
        sql.add(" = ");
        groups(groups.number()).add(".k LIMIT ").bind(enough).add(") AS c) FROM ");
        groups(groups.number()).add(" WHERE ");
        groups(groups.number()).add(".k IS NOT NULL AND ");
        groups(groups.number()).add(".n < ").bind(enough).add(")");
        members = List.of();
    }

    /** Writes rows by their key, without what it is compared with. */
    private void further(LooseScan.Groups groups) {
        from(groups.further());
        where(groups.further());
        sql.add(isAlways(groups.further().where()) && members.isEmpty() ? " WHERE " : " AND ");
        key(groups);
    }

    private void firstKey(LooseScan.Groups groups) {
        sql.add(" ORDER BY ");
        dialect.orderWithoutNulls(
                sql, () -> key(groups), groups.key().direction(), groups.key().nulls());
        sql.add(" LIMIT 1");
    }

    private SqlWriter groups(int number) {
        return sql.add("g").add(number);
    }

    private void key(LooseScan.Groups groups) {
        dialect.comparable(sql, groups.operand(), sources);
    }

    private void member(LooseScan.Member member) {
        LooseScan.Groups groups = member.groups();
        key(groups);
        switch (member.which()) {
            case FIRST -> first(groups);
            case LAST -> {
                sql.add(" = ");
                last(groups);
            }
            case BEFORE_LAST -> {
                sql.add(" IN (SELECT k FROM ");
                groups(groups.number())
                        .add(" WHERE n < ")
                        .bind(groups.enough())
                        .add(groups.ascends() ? " AND k < " : " AND k > ");
                last(groups);
                sql.add(")");
            }
        }
    }

    private void first(LooseScan.Groups groups) {
        List<LooseScan.Member> outer = members;
        members = groups.within();
        sql.add(" = (SELECT ");
        key(groups);
        from(groups.among());
        where(groups.among());
        firstKey(groups);
        sql.add(")");
        members = outer;
    }

    private void last(LooseScan.Groups groups) {
        sql.add("(SELECT k FROM ");
        groups(groups.number())
                .add(" WHERE n < ")
                .bind(groups.enough())
                .add(" AND k IS NOT NULL ORDER BY k")
                .add(groups.ascends() ? " DESC" : "")
                .add(" LIMIT 1)");
    }

    private void inParts(NullSplit split) {
        Selection present = split.present();
        if (present.where().equals(Condition.NEVER)) {
            whole(split.absent());
            return;
        }
        if (split.absent().where().equals(Condition.NEVER)) {
            whole(present);
            return;
        }
        part(present, present.order(), split.beginsWithAbsent() ? 1 : 0);
        sql.add(" UNION ALL ");
        part(split.absent(), present.order(), split.beginsWithAbsent() ? 0 : 1);
        inOrder(present, (key, column) -> sql.add(column)
                .add(key.direction() == SortKey.Direction.ASCENDING ? "" : " DESC"));
    }

    /** Writes the order of parts, which is not kept by itself. What orders them stands behind what is asked for. */
    private void inOrder(Selection whole, ObjIntConsumer<SortKey> term) {
        int column = Math.max(1, whole.outputs().size()) + 1;
        sql.add(" ORDER BY ").add(column);
        for (SortKey key : whole.order()) {
            column++;
            sql.add(", ");
            term.accept(key, column);
        }
        whole.limit().ifPresent(limit -> sql.add(" LIMIT ").bind(limit));
    }

    private void part(Selection selection, List<SortKey> order, int place) {
        sql.add("(");
        selected(selection, order, place);
        sql.add(")");
    }

    private void selected(Selection selection, List<SortKey> order, int place) {
        sql.add("SELECT ");
        outputs(selection.outputs(), false);
        sql.add(", ").add(place);
        for (SortKey key : order) {
            sql.add(", ");
            sortTerm(key.output());
        }
        rest(selection);
    }

    /** Writes the keys of the selected rows, for use inside another statement. */
    public static void keys(SqlWriter sql, Selection asked, Dialect dialect, TableSources sources) {
        SelectionSql writer = new SelectionSql(dialect, sources, sql);
        Selection selection = writer.declared(asked);
        ShownTable existing = sources.shown(selection.from());
        sql.add("SELECT ");
        if (existing == null) {
            sql.column(0, selection.from().key());
        } else {
            writer.shown.keys(existing);
        }
        writer.rest(selection);
    }

    /** Declares the tables of a selection, and returns it with subqueries where they serve it better than joins. */
    private Selection declared(Selection selection) {
        sources.put(0, selection.from());
        Map<Integer, Join> joins = selection.joinsBySource();
        if (joins.isEmpty()) {
            return selection;
        }
        selection.joins().forEach(sources::put);
        subqueries = new ReferenceSubqueries(selection);
        ReferenceSubqueries.Scope rewritten = subqueries.of(selection);
        if (rewritten.subqueries().isEmpty()) {
            return selection;
        }
        scope = rewritten;
        return selection.withWhere(scope.where()).withJoins(scope.joins());
    }

    private void outputs(List<Output> outputs, boolean grouped) {
        if (outputs.isEmpty()) {
            sql.add("1");
        }
        for (int i = 0; i < outputs.size(); i++) {
            sql.add(i == 0 ? "" : ", ");
            if (grouped && outputs.get(i) instanceof Output.Value value) {
                dialect.grouped(sql, value.operand(), sources);
            } else {
                output(outputs.get(i));
            }
        }
    }

    private void output(Output output) {
        if (output instanceof Output.Value value) {
            dialect.value(sql, value.operand(), sources);
        } else if (output instanceof Output.Aggregate aggregate) {
            dialect.aggregate(sql, aggregate, sources);
        } else {
            sql.add("count(*)");
        }
    }

    private void rest(Selection selection) {
        from(selection);
        conditions(selection);
    }

    private void from(Selection selection) {
        sql.add(" FROM ");
        sources.selectedFrom(sql, dialect, selection.from());
        sql.add(" AS ").source(0);
        joins(selection.joins());
    }

    private void conditions(Selection selection) {
        where(selection);
        for (int i = 0; i < selection.groupBy().size(); i++) {
            sql.add(i == 0 ? " GROUP BY " : ", ");
            dialect.comparable(sql, selection.groupBy().get(i), sources);
        }
        for (int i = 0; i < selection.order().size(); i++) {
            sql.add(i == 0 ? " ORDER BY " : ", ");
            sortKey(selection, selection.order().get(i));
        }
        if (selection.limit().isPresent()) {
            sql.add(" LIMIT ").bind(selection.limit().getAsLong());
        }
    }

    private void where(Selection selection) {
        String word = " WHERE ";
        if (!isAlways(selection.where())) {
            sql.add(word);
            condition(selection.where());
            word = " AND ";
        }
        for (LooseScan.Member member : members) {
            sql.add(word);
            member(member);
            word = " AND ";
        }
        if (!behind.isEmpty()) {
            behind(word);
        }
    }

    private static boolean isAlways(Condition condition) {
        return condition instanceof Condition.And all && all.conditions().isEmpty();
    }

    private void sortKey(Selection selection, SortKey key) {
        boolean isCompared = !behind.isEmpty()
                && key.output() instanceof Output.Value value
                && value.operand().equals(behind.get(0).operand());
        if (isCompared || NullRejection.holds(selection, key.output())) {
            dialect.orderWithoutNulls(sql, () -> sortTerm(key.output()), key.direction(), key.nulls());
        } else {
            dialect.order(sql, () -> sortTerm(key.output()), key.direction(), key.nulls());
        }
    }

    private void sortTerm(Output output) {
        if (output instanceof Output.Value value) {
            dialect.comparable(sql, value.operand(), sources);
        } else if (output instanceof Output.Aggregate aggregate) {
            dialect.comparable(sql, aggregate, sources);
        } else {
            output(output);
        }
    }

    private void behind(String word) {
        sql.add(word);
        String separator = "(";
        for (Condition.Compare key : behind) {
            sql.add(separator);
            dialect.comparable(sql, key.operand(), sources);
            separator = ", ";
        }
        sql.add(behind.get(0).comparison() == Condition.Comparison.GREATER ? ") > (" : ") < (");
        separator = "";
        for (Condition.Compare key : behind) {
            sql.add(separator);
            constant(key.operand(), key.comparison(), key.value());
            separator = ", ";
        }
        sql.add(")");
    }

    private void joins(List<Join> joins) {
        for (Join join : joins) {
            sql.add(" LEFT JOIN ");
            sources.selectedFrom(sql, dialect, join.target());
            sql.add(" AS ").source(join.source());
            sql.add(" ON ");
            if (!shown.joined(join)) {
                dialect.joined(sql, join, sources);
                sql.add(" AND ");
                dialect.refersTo(sql, join.reference(), sources.layer(), join.target(), sources);
            }
            unless(join);
        }
    }

    private void unless(Join join) {
        join.unless().ifPresent(column -> {
            sql.add(" AND ");
            dialect.value(sql, column, sources);
            sql.add(" IS NULL");
        });
    }

    private void condition(Condition condition) {
        OptionalInt departure = scope == null ? OptionalInt.empty() : scope.departure(condition);
        if (departure.isPresent()) {
            subquery(condition, departure.getAsInt());
            return;
        }
        if (shown.narrowed(condition)) {
            sql.add(" AND ");
            plainCondition(condition);
            sql.add(")");
        } else if (!shown.condition(condition)) {
            Optional<Runnable> hidden =
                    negations == 0 ? dialect.ofHiddenColumns(sql, condition, sources, preferred) : Optional.empty();
            sql.add(hidden.isPresent() ? "(" : "");
            plainCondition(condition);
            hidden.ifPresent(Runnable::run);
            sql.add(hidden.isPresent() ? ")" : "");
        }
    }

    private void plainCondition(Condition condition) {
        if (dialect.condition(sql, condition, sources)) {
            return;
        }
        if (condition instanceof Condition.And all) {
            all(all.conditions());
        } else if (condition instanceof Condition.Or any) {
            list(any.conditions(), " OR ", dialect.truth(false));
        } else if (condition instanceof Condition.Not not) {
            sql.add("NOT (");
            negations++;
            condition(not.condition());
            negations--;
            sql.add(")");
        } else if (condition instanceof Condition.IsNull isNull) {
            dialect.value(sql, isNull.operand(), sources);
            sql.add(" IS NULL");
        } else if (condition instanceof Condition.Compare compare) {
            compare(compare.operand(), compare.comparison(), compare.value());
        } else if (condition instanceof Condition.OneOf oneOf) {
            oneOf(oneOf);
        } else if (condition instanceof Condition.RefersTo refers) {
            refersTo(refers);
        } else if (condition instanceof Condition.Matches matches) {
            dialect.matches(sql, matches.operand(), matches.pattern(), sources);
        } else if (condition instanceof Condition.AnyElement any) {
            anyElement(any);
        }
    }

    private void subquery(Condition condition, int departure) {
        ReferenceSubqueries references = Objects.requireNonNull(subqueries);
        ReferenceSubqueries.Scope outer = Objects.requireNonNull(scope);
        ReferenceSubqueries.Scope within = references.within(outer, condition, departure, depth < DEEP);
        Join join = references.join(departure);
        sources.put(join);
        within.joins().forEach(sources::put);
        depth++;
        Dialect.ReferencedRows rows = (output, beside) -> {
            scope = within;
            sql.add("SELECT ");
            output.run();
            sql.add(" FROM ");
            sources.selectedFrom(sql, dialect, join.target());
            sql.add(" AS ").source(departure);
            joins(within.joins());
            beside.run();
            sql.add(" WHERE ");
            condition(within.where());
            unless(join);
            scope = outer;
        };
        if (!shown.namesOneOf(join, rows)) {
            dialect.namesOneOf(sql, join, rows, sources);
        }
        depth--;
    }

    /**
     * Writes a conjunction; of very many conditions the planner is shown those that an index may serve best, so that it
     * does not try the others in vain.
     */
    private void all(List<Condition> conditions) {
        if (conditions.size() <= CHOICE) {
            list(conditions, " AND ", dialect.truth(true));
            return;
        }
        Map<Boolean, List<Condition>> byEquality =
                conditions.stream().collect(Collectors.partitioningBy(SelectionSql::isEquality));
        List<Condition> ordered = new ArrayList<>(byEquality.get(true));
        ordered.addAll(byEquality.get(false));
        List<Condition> others = ordered.subList(CHOICE, ordered.size());
        sql.add("(");
        list(ordered.subList(0, CHOICE), " AND ", dialect.truth(true));
        sql.add(" AND ");
        Runnable rest = () -> list(others, " AND ", dialect.truth(true));
        if (!dialect.opaque(sql, rest)) {
            rest.run();
        }
        sql.add(")");
    }

    private static boolean isEquality(Condition condition) {
        return condition instanceof Condition.OneOf
                || condition instanceof Condition.RefersTo
                || (condition instanceof Condition.Compare compare
                        && compare.comparison() == Condition.Comparison.EQUAL);
    }

    private void list(List<Condition> conditions, String word, String whenEmpty) {
        int size = conditions.size();
        if (size == 0) {
            sql.add(whenEmpty);
        } else if (size > FLAT) {
            sql.add("(");
            list(conditions.subList(0, size / 2), word, whenEmpty);
            sql.add(word);
            list(conditions.subList(size / 2, size), word, whenEmpty);
            sql.add(")");
        } else {
            for (int i = 0; i < size; i++) {
                sql.add(i == 0 ? "(" : word);
                condition(conditions.get(i));
            }
            sql.add(")");
        }
    }

    private void compare(Operand operand, Condition.Comparison comparison, Object constant) {
        Operand narrowed = narrowed(operand, constant);
        if (comparison == Condition.Comparison.EQUAL || comparison == Condition.Comparison.NOT_EQUAL) {
            dialect.equatable(sql, narrowed, sources);
        } else {
            dialect.comparable(sql, narrowed, sources);
        }
        sql.add(
                switch (comparison) {
                    case EQUAL -> " = ";
                    case NOT_EQUAL -> " <> ";
                    case LESS -> " < ";
                    case LESS_OR_EQUAL -> " <= ";
                    case GREATER -> " > ";
                    case GREATER_OR_EQUAL -> " >= ";
                });
        constant(narrowed, comparison, constant);
    }

    private void oneOf(Condition.OneOf oneOf) {
        List<Object> values = oneOf.values();
        if (values.isEmpty()) {
            sql.add(dialect.truth(false));
        } else if (isUntyped(oneOf.operand())) {
            // Constants of several kinds each look at the value as one of their own.
            Map<ColumnKind, List<Object>> byKind = new LinkedHashMap<>();
            values.forEach(value -> byKind.computeIfAbsent(kind(value), any -> new ArrayList<>())
                    .add(value));
            List<Condition> each = new ArrayList<>();
            byKind.forEach((kind, some) -> each.add(new Condition.OneOf(narrowed(oneOf.operand(), kind), some)));
            list(each, " OR ", dialect.truth(false));
        } else {
            in(() -> dialect.equatable(sql, oneOf.operand(), sources), oneOf.operand(), values);
        }
    }

    private void refersTo(Condition.RefersTo refers) {
        if (refers.ids().isEmpty()) {
            sql.add(dialect.truth(false));
            return;
        }
        sql.add("(");
        in(
                () -> dialect.referredId(sql, refers.reference(), sources),
                new Operand.Column(0, refers.target().key(), ColumnKind.ID),
                refers.ids());
        sql.add(" AND ");
        dialect.refersTo(sql, refers.reference(), refers.layer(), refers.target(), sources);
        sql.add(")");
    }

    /** @param written writes the operand */
    private void in(Runnable written, Operand operand, List<Object> values) {
        boolean ids = operand.kind() == ColumnKind.ID || operand.kind() == ColumnKind.RN;
        if (ids && values.size() > MANY) {
            List<String> texts = texts(values);
            if (texts.size() == values.size()) {
                written.run();
                dialect.oneOfMany(sql, texts);
                return;
            }
        }
        if (values.size() > dialect.many() && values.stream().noneMatch(Condition.Parameter.class::isInstance)) {
            dialect.oneOfMany(
                    sql,
                    written,
                    values.stream()
                            .map(value -> dialect.constant(operand, Condition.Comparison.EQUAL, value))
                            .toList());
            return;
        }
        written.run();
        sql.add(" IN (");
        int padded = padded(values.size());
        for (int i = 0; i < padded; i++) {
            sql.add(i == 0 ? "" : ", ");
            constant(operand, Condition.Comparison.EQUAL, values.get(Math.min(i, values.size() - 1)));
        }
        sql.add(")");
    }

    /** Returns the texts among some constants. */
    private static List<String> texts(List<Object> values) {
        List<String> texts = new ArrayList<>(values.size());
        for (Object value : values) {
            if (value instanceof String text) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** Returns the length that a list of constants is filled up to. */
    public static int padded(int size) {
        int power = Integer.highestOneBit(size);
        return power == size || size > PADDED ? size : power * 2;
    }

    private void constant(Operand operand, Condition.Comparison comparison, Object constant) {
        sql.bind(BindParameter.of(constant, given -> dialect.constant(operand, comparison, given)));
    }

    /** Narrows a scalar of any kind beside a constant to the constant's kind; it is null when it is of another. */
    private static Operand narrowed(Operand operand, Object constant) {
        if (!isUntyped(operand)) {
            return operand;
        }
        return narrowed(operand, kind(constant));
    }

    private static Operand narrowed(Operand operand, ColumnKind kind) {
        if (operand instanceof Operand.Json json) {
            return new Operand.Json(json.document(), json.path(), kind);
        }
        if (operand instanceof Operand.Absent) {
            return new Operand.Absent(kind);
        }
        // The first that is not null is looked at, whatever it is; not the first of the constant's kind.
        return operand instanceof Operand.Coalesce ? new Operand.Json(operand, JsonPath.ROOT, kind) : operand;
    }

    private static boolean isUntyped(Operand operand) {
        return operand.kind() == ColumnKind.OTHER && ColumnReader.isScalar(operand);
    }

    private static ColumnKind kind(Object constant) {
        if (constant instanceof Condition.Parameter parameter) {
            return parameter.kind() == ColumnKind.DECIMAL ? ColumnKind.INTEGER : parameter.kind();
        }
        if (constant instanceof Boolean) {
            return ColumnKind.BOOLEAN;
        }
        return constant instanceof Long || constant instanceof Double || constant instanceof BigDecimal
                ? ColumnKind.INTEGER
                : ColumnKind.TEXT;
    }

    private void anyElement(Condition.AnyElement any) {
        any.joins().forEach(sources::put);
        sql.add("EXISTS (SELECT 1 FROM ");
        dialect.elements(sql, any, sources);
        joins(any.joins());
        sql.add(" WHERE ");
        condition(any.condition());
        sql.add(")");
    }
}
