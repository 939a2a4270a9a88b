package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireElements;
import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamDataException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A question for all rows of a table or of a part of it, asked in pages by the primary key, since the server cuts what is longer without saying so, also where it is set to cut earlier than it does by default. Rows
 * that others insert or change meanwhile are seen or not; none is seen twice.
 */
public final class Pages {
    private static final int MAX_PAGE = 999;

    /** Every server answers with so many rows; the limit of more is a setting of its own. */
    private static final int SURELY_ANSWERED = 50;

    private final String table;
    private final String key;
    private final List<String> columns;
    private final @Nullable String where;
    private final List<@Nullable Object> parameters;
    private final int size;

    private Pages(
            String table,
            String key,
            List<String> columns,
            @Nullable String where,
            List<@Nullable Object> parameters,
            int size) {
        this.table = table;
        this.key = key;
        this.columns = columns;
        this.where = where;
        this.parameters = parameters;
        this.size = size;
    }

    /** Returns the question for these columns of a table with this primary key, of a text or a whole number; all columns, if none is named. */
    public static Pages of(String table, String primaryKey, String... columns) {
        requireNonNull(table, "table");
        requireNonNull(primaryKey, "primaryKey");
        requireElements(columns, "columns");
        Names.column(primaryKey);
        List<String> names = List.of(columns);
        names.forEach(Names::column);
        return new Pages(Names.table(table), primaryKey, names, null, List.of(), MAX_PAGE);
    }

    /** Returns the question for those rows that fulfil a condition, with {@code $1} for its first parameter. */
    public Pages where(String condition, @Nullable Object... values) {
        requireNonNull(condition, "condition");
        requireNonNull(values, "values");
        if (condition.isBlank()) {
            throw new IllegalArgumentException("The condition is blank");
        }
        List<@Nullable Object> bound = new ArrayList<>();
        Collections.addAll(bound, values);
        return new Pages(table, key, columns, condition, bound, size);
    }

    /** Returns the question with pages of so many rows, at most 999. */
    public Pages size(int rows) {
        if (rows < 1 || rows > MAX_PAGE) {
            throw new IllegalArgumentException("A page has 1 to " + MAX_PAGE + " rows");
        }
        return new Pages(table, key, columns, where, parameters, rows);
    }

    Stream<Row> rows(KalamSql sql) {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(new Reader(sql), Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    private final class Reader implements Iterator<Row> {
        private final KalamSql sql;
        private Iterator<Row> page = Collections.emptyIterator();
        private @Nullable Object last;
        private boolean isLastPage;
        private int longest = SURELY_ANSWERED;

        Reader(KalamSql sql) {
            this.sql = sql;
        }

        @Override
        public boolean hasNext() {
            while (!page.hasNext() && !isLastPage) {
                read();
            }
            return page.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return page.next();
        }

        private void read() {
            List<@Nullable Object> bound = new ArrayList<>(parameters);
            List<String> conditions = new ArrayList<>();
            if (where != null) {
                conditions.add("(" + where + ")");
            }
            if (last != null) {
                bound.add(last);
                conditions.add(Names.column(key) + " > $" + bound.size());
            }
            String selected = columns.isEmpty()
                    ? "*"
                    : Stream.concat(columns.stream(), columns.contains(key) ? Stream.empty() : Stream.of(key))
                            .map(Names::column)
                            .collect(Collectors.joining(", "));
            List<Row> rows = sql.query(QueryRequest.of(
                                    "SELECT " + selected + " FROM " + table
                                            + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
                                            + " ORDER BY " + Names.column(key) + " LIMIT " + size,
                                    bound.toArray())
                            .table(table))
                    .rows();
            // A page that is short of what was asked for may have been cut, unless one before it was longer.
            isLastPage = rows.size() < Math.min(size, longest);
            longest = Math.max(longest, rows.size());
            if (!rows.isEmpty()) {
                last = keyOf(rows.get(rows.size() - 1));
            }
            page = rows.iterator();
        }

        private Object keyOf(Row row) {
            KalamType.Kind kind = row.fields().stream()
                    .filter(field -> field.name().equals(key))
                    .findFirst()
                    .orElseThrow(() -> new KalamDataException("There is no column '" + key + "'", null))
                    .type()
                    .kind();
            return switch (kind) {
                case BIG_INT, INT, SMALL_INT -> row.getLong(key);
                case TEXT -> row.getString(key);
                default ->
                    throw new KalamDataException(
                            "Pages need a primary key of a text or a whole number; '" + key + "' is " + kind, null);
            };
        }
    }
}
