package dev.korm.jdbc.sql;

import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.SortKey;
import dev.korm.spi.schema.IndexSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A page in an order that has the columns of an index, but not their directions, or nulls elsewhere than the index has them: a loose scan of the index.
 * Within one value of the first key the rows behind it are in the index's order, and a database that is asked for more values at once sorts all rows of
 * each, which may be any number.
 *
 * <p>So the values of the first key are found by a seek each, with the number of their rows, until these are enough for the page. All values but the last
 * have fewer rows together than the page, and may be sorted; of the last one, so many rows are read from the index. Where the keys behind the first have no
 * order of the index either, the rows of the last value are found in the same way by the next key.
 */
final class LooseScan {
    /** More rows are not put together: they would be kept twice. */
    private static final long MOST_ROWS = 10_000;

    /** Each condition is written five times, and twice as often for each further key. */
    private static final int MOST_CONDITIONS = 50;

    private final Dialect dialect;
    private final TableSources sources;
    private final List<Groups> groups = new ArrayList<>();
    private final List<Piece> pieces = new ArrayList<>();

    private LooseScan(Dialect dialect, TableSources sources) {
        this.dialect = dialect;
        this.sources = sources;
    }

    /**
     * The first values of a key in its order, which is never null there, each with the number of rows before it.
     *
     * @param number tells them from others of the statement
     * @param among the rows that have the values
     * @param further those rows as well, with any that come before them by the key
     * @param within what else holds of the rows
     */
    record Groups(int number, SortKey key, Selection among, Selection further, List<Member> within) {
        Operand operand() {
            return ((Output.Value) key.output()).operand();
        }

        /** Returns how many rows are enough. */
        long enough() {
            return among.limit().orElseThrow();
        }

        boolean ascends() {
            return key.direction() == SortKey.Direction.ASCENDING;
        }
    }

    /** A condition for rows by the value of their key. */
    record Member(Groups groups, Which which) {}

    /** Values of a key. */
    enum Which {
        /** The first of all, which is looked for by itself. */
        FIRST,
        /** Those that are needed, but for the last of them. */
        BEFORE_LAST,
        LAST
    }

    /**
     * Rows that come behind those of the piece before.
     *
     * @param selection has their order, as far as they differ in it; none where it has all of them
     * @param members what holds of them besides
     */
    record Piece(Selection selection, List<Member> members) {}

    /** Returns the pieces of a page that has been taken apart; each part is one where no scan is needed. */
    static LooseScan of(List<Selection> parts, Dialect dialect, TableSources sources) {
        LooseScan scan = new LooseScan(dialect, sources);
        for (Selection part : parts) {
            if (dialect.scansLoosely() && canServe(part, sources)) {
                scan.add(part, List.of(), given(part.where()));
            } else {
                scan.pieces.add(new Piece(part, List.of()));
            }
        }
        return scan;
    }

    /** Returns the first rows of a page, as far as one range has them; empty where no scan would be needed. */
    static Optional<Piece> first(Selection selection, Dialect dialect, TableSources sources) {
        LooseScan scan = new LooseScan(dialect, sources);
        scan.first(selection, List.of(), given(selection.where()));
        Piece first = scan.pieces.get(0);
        boolean isAll = first.members().isEmpty() && first.selection().where().equals(selection.where());
        return isAll ? Optional.empty() : Optional.of(first);
    }

    /** Returns whether an index has the columns of an order, behind those that have one value, and is the one to be read. */
    static boolean isIndexed(Selection part, TableSources sources) {
        return isServed(part, given(part.where()), sources);
    }

    /** Returns whether a selection is one of few rows of a table that korm made, in which a scan could serve. */
    static boolean canServe(Selection selection, TableSources sources) {
        return selection.limit().orElse(Long.MAX_VALUE) <= MOST_ROWS
                && !selection.isGrouped()
                && selection.joins().isEmpty()
                && sources.shown(selection.from()) == null
                && selection.where().walk().count() <= MOST_CONDITIONS;
    }

    List<Piece> pieces() {
        return pieces;
    }

    /** Returns the values that the pieces name, each behind those that it names itself. */
    List<Groups> groups() {
        return groups;
    }

    private void add(Selection whole, List<Member> members, Set<String> given) {
        Selection part = without(whole, given);
        List<SortKey> order = part.order();
        if (order.isEmpty() || isInOrder(part) || !isServed(part, given, sources)) {
            pieces.add(new Piece(part, members));
            return;
        }
        SortKey first = order.get(0);
        Operand.Column column = column(first);
        if (NullRejection.holds(part, first.output())) {
            addPresent(part, members, given);
            return;
        }
        Condition isNull = new Condition.IsNull(column);
        Selection present = part.withWhere(both(part.where(), new Condition.Not(isNull)));
        Selection absent = part.withWhere(both(part.where(), isNull)).withOrder(order.subList(1, order.size()));
        if (first.nulls() == SortKey.Nulls.FIRST) {
            add(absent, members, with(given, column));
            addPresent(present, members, given);
        } else {
            addPresent(present, members, given);
            add(absent, members, with(given, column));
        }
    }

    /** Returns a selection whose order has no keys of which all rows have one value. */
    private static Selection without(Selection whole, Set<String> given) {
        List<SortKey> order = whole.order().stream()
                .filter(key -> !(key.output() instanceof Output.Value value
                        && value.operand() instanceof Operand.Column column
                        && column.source() == 0
                        && given.contains(column.name())))
                .toList();
        return order.size() == whole.order().size() ? whole : whole.withOrder(order);
    }

    /** Adds the first rows alone. */
    private void first(Selection whole, List<Member> members, Set<String> given) {
        Selection part = without(whole, given);
        List<SortKey> order = part.order();
        if (order.isEmpty() || !isServed(part, given, sources)) {
            pieces.add(new Piece(part, members));
            return;
        }
        SortKey first = order.get(0);
        boolean holds = NullRejection.holds(part, first.output());
        if (isInOrder(part) && (holds || dialect.keepsNulls(first.direction(), first.nulls()) || !members.isEmpty())) {
            pieces.add(new Piece(part, members));
            return;
        }
        Operand.Column column = column(first);
        Condition isNull = new Condition.IsNull(column);
        List<SortKey> others = order.subList(1, order.size());
        if (!holds && first.nulls() == SortKey.Nulls.FIRST) {
            first(part.withWhere(both(part.where(), isNull)).withOrder(others), members, with(given, column));
            return;
        }
        Selection present = holds ? part : part.withWhere(both(part.where(), new Condition.Not(isNull)));
        if (isInOrder(present)) {
            pieces.add(new Piece(present, members));
            return;
        }
        Groups found = groups(0, present, members);
        first(present.withOrder(others), with(members, new Member(found, Which.FIRST)), with(given, column));
    }

    /** Adds rows that have a value of their first key. */
    private void addPresent(Selection part, List<Member> members, Set<String> given) {
        if (isInOrder(part)) {
            pieces.add(new Piece(part, members));
            return;
        }
        List<SortKey> order = part.order();
        Groups found = groups(groups.size(), part, members);
        groups.add(found);
        Selection fewerThanAPage = new Selection(
                part.from(), part.joins(), part.outputs(), part.where(), List.of(), List.of(), OptionalLong.empty());
        pieces.add(new Piece(fewerThanAPage, with(members, new Member(found, Which.BEFORE_LAST))));
        add(
                part.withOrder(order.subList(1, order.size())),
                with(members, new Member(found, Which.LAST)),
                with(given, column(order.get(0))));
    }

    private static Groups groups(int number, Selection among, List<Member> members) {
        SortKey key = among.order().get(0);
        // Of two bounds a database may begin at the one that is further away.
        List<Condition> further = among.where()
                .conjuncts()
                .filter(condition -> !isBeginning(condition, key))
                .toList();
        return new Groups(number, key, among, among.withWhere(new Condition.And(further)), members);
    }

    /** Returns whether a condition holds for all values of a key behind one for which it does. */
    private static boolean isBeginning(Condition condition, SortKey key) {
        Operand.Column column = column(key);
        if (condition instanceof Condition.Compare compare) {
            boolean ascending = key.direction() == SortKey.Direction.ASCENDING;
            return compare.operand().equals(column)
                    && compare.comparison() == (ascending ? Condition.Comparison.GREATER : Condition.Comparison.LESS);
        }
        return condition instanceof Condition.Not not
                && not.condition() instanceof Condition.IsNull isNull
                && isNull.operand().equals(column);
    }

    /** Returns whether an index has the order behind columns that have one value in all rows, if it has its columns. */
    private boolean isInOrder(Selection part) {
        List<SortKey> order = part.order();
        SortKey first = order.get(0);
        if (!dialect.passesNulls() && !keepsNulls(first, part)) {
            return false;
        }
        return order.stream().skip(1).allMatch(key -> key.direction() == first.direction() && keepsNulls(key, part));
    }

    private boolean keepsNulls(SortKey key, Selection part) {
        return dialect.keepsNulls(key.direction(), key.nulls()) || NullRejection.holds(part, key.output());
    }

    /** Returns whether an index has the columns of the order, and none other serves what else is asked. */
    private static boolean isServed(Selection part, Set<String> given, TableSources sources) {
        List<String> keys = new ArrayList<>();
        for (SortKey key : part.order()) {
            if (!isKey(key, part)) {
                return false;
            }
            keys.add(column(key).name());
        }
        // The key of the rows stands at the index's end, though its parts do not name it.
        if (keys.get(keys.size() - 1).equals(part.from().key())) {
            keys.remove(keys.size() - 1);
        }
        return !keys.isEmpty()
                && sources.schema(0).stream()
                        .flatMap(table -> table.indexes().stream())
                        .anyMatch(index -> has(index, keys, given))
                && part.where().walk().allMatch(condition -> isBeside(condition, keys, given, sources));
    }

    private static boolean isKey(SortKey key, Selection part) {
        return key.output() instanceof Output.Value value
                && value.operand() instanceof Operand.Column column
                && column.source() == 0
                && (isWhole(column.kind()) || column.name().equals(part.from().key()));
    }

    /** Returns whether an index holds such values in their order. */
    private static boolean isWhole(ColumnKind kind) {
        return switch (kind) {
            case INTEGER, REAL, BOOLEAN, TEXT -> true;
            case ID, RN, DECIMAL, BYTES, JSON, ENCRYPTED, FINGERPRINT, OTHER -> false;
        };
    }

    private static boolean has(IndexSchema index, List<String> keys, Set<String> given) {
        int at = 0;
        for (Operand part : index.parts()) {
            if (!(part instanceof Operand.Column column)) {
                return at == keys.size();
            }
            if (at < keys.size() && column.name().equals(keys.get(at))) {
                at++;
            } else if (!given.contains(column.name())) {
                return false;
            }
        }
        return at == keys.size();
    }

    /**
     * Returns whether a condition can be looked at row by row, so that the index of the order is the one to be read. Where another index serves it, few rows may
     * be left, and they are sorted at once.
     */
    private static boolean isBeside(Condition condition, List<String> keys, Set<String> given, TableSources sources) {
        return condition.joins().isEmpty()
                && condition.operands().stream()
                        .allMatch(operand -> operand instanceof Operand.Column column
                                && column.source() == 0
                                && (given.contains(column.name())
                                        || keys.contains(column.name())
                                        || !sources.isIndexed(column)));
    }

    /** Returns the columns that have one value in all rows that fulfil a condition. */
    private static Set<String> given(Condition where) {
        Set<String> given = new HashSet<>();
        where.conjuncts().forEach(condition -> {
            Operand operand = null;
            if (condition instanceof Condition.Compare compare && compare.comparison() == Condition.Comparison.EQUAL) {
                operand = compare.operand();
            } else if (condition instanceof Condition.IsNull isNull) {
                operand = isNull.operand();
            }
            if (operand instanceof Operand.Column column && column.source() == 0) {
                given.add(column.name());
            }
        });
        return given;
    }

    private static Operand.Column column(SortKey key) {
        return (Operand.Column) ((Output.Value) key.output()).operand();
    }

    private static Condition both(Condition where, Condition further) {
        return new Condition.And(List.of(where, further));
    }

    private static Set<String> with(Set<String> given, Operand.Column column) {
        Set<String> more = new HashSet<>(given);
        more.add(column.name());
        return more;
    }

    private static List<Member> with(List<Member> members, Member further) {
        List<Member> more = new ArrayList<>(members);
        more.add(further);
        return more;
    }
}
