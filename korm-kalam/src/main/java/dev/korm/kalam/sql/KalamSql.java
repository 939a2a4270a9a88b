package dev.korm.kalam.sql;

import static dev.korm.kalam.error.KalamNullException.requireElements;
import static dev.korm.kalam.error.KalamNullException.requireKeys;
import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.error.KalamConflictException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A place where SQL is executed: a client, or a client in the name of another user. */
public interface KalamSql {
    /** Executes a request. */
    QueryResponse query(QueryRequest request);

    /** Returns this in the name of another user: each statement is executed as that user, with the role user. */
    KalamSql asUser(String user);

    /** Executes a statement; {@code $1} is the first parameter. */
    default QueryResponse query(String sql, @Nullable Object... parameters) {
        requireNonNull(sql, "sql");
        requireNonNull(parameters, "parameters");
        return query(QueryRequest.of(sql, parameters));
    }

    /** Returns the first row. */
    default Optional<Row> queryOne(String sql, @Nullable Object... parameters) {
        requireNonNull(sql, "sql");
        requireNonNull(parameters, "parameters");
        return query(sql, parameters).rows().stream().findFirst();
    }

    /** Returns the first row as a record. */
    default <T> Optional<T> queryOne(Class<T> type, String sql, @Nullable Object... parameters) {
        requireNonNull(type, "type");
        requireNonNull(sql, "sql");
        requireNonNull(parameters, "parameters");
        return queryOne(sql, parameters).map(RowMapper.of(type)::map);
    }

    /**
     * Returns the rows, as many as the server gives: 50 without LIMIT, 1,000 with. For more, see
     * {@link #pages(Pages)}. {@code ORDER BY … LIMIT} comes back in the order of the primary key, unless that is not selected under its own name.
     */
    default List<Row> queryAll(String sql, @Nullable Object... parameters) {
        requireNonNull(sql, "sql");
        requireNonNull(parameters, "parameters");
        return query(sql, parameters).rows();
    }

    /** Returns the rows as records, as many as the server gives. */
    default <T> List<T> queryAll(Class<T> type, String sql, @Nullable Object... parameters) {
        requireNonNull(type, "type");
        requireNonNull(sql, "sql");
        requireNonNull(parameters, "parameters");
        RowMapper<T> mapper = RowMapper.of(type);
        return queryAll(sql, parameters).stream().map(mapper::map).toList();
    }

    /** Returns all rows of a table or of a part of it, in the order of the primary key, asked for page by page. */
    default Stream<Row> pages(Pages pages) {
        requireNonNull(pages, "pages");
        return pages.rows(this);
    }

    /** Executes a statement as another user. */
    default QueryResponse executeAsUser(String user, String sql, @Nullable Object... parameters) {
        requireNonNull(user, "user");
        requireNonNull(sql, "sql");
        requireNonNull(parameters, "parameters");
        return asUser(user).query(sql, parameters);
    }

    /** Inserts a row; a primary key that is taken is a {@link KalamConflictException}. */
    default void insert(String table, Map<String, ?> values) {
        requireNonNull(table, "table");
        requireKeys(values, "values");
        query(Statements.insert(table, values));
    }

    /** Inserts a row, unless its primary key is taken; returns whether it was inserted. Of several at one time one is told so; servers before 0.4.3 may tell it to more than one. */
    default boolean insertIfAbsent(String table, Map<String, ?> values) {
        requireNonNull(table, "table");
        requireKeys(values, "values");
        try {
            insert(table, values);
            return true;
        } catch (KalamConflictException e) {
            return false;
        }
    }

    /**
     * Inserts rows, all of the same columns, several in a statement, as many as parameters and the size of a request allow. When one fails, those of earlier statements
     * stay.
     */
    default int insertAll(String table, List<? extends Map<String, ?>> rows) {
        requireNonNull(table, "table");
        requireElements(rows, "rows");
        int count = 0;
        for (QueryRequest request : Statements.insertAll(table, rows)) {
            count += query(request).rowCount();
        }
        return count;
    }

    /** Updates the row whose column {@code id} has this value. */
    default int update(String table, Object id, Map<String, ?> values) {
        requireNonNull(table, "table");
        requireNonNull(id, "id");
        requireKeys(values, "values");
        return update(table, "id", id, values);
    }

    /**
     * Updates the row of a key; returns 1, or 0 when there is no such row or nothing changed. It is no compare-and-set: of several at one time
     * each may return 1.
     */
    default int update(String table, String keyColumn, Object key, Map<String, ?> values) {
        requireNonNull(table, "table");
        requireNonNull(keyColumn, "keyColumn");
        requireNonNull(key, "key");
        requireKeys(values, "values");
        return query(Statements.update(table, keyColumn, key, values)).rowCount();
    }

    /** Deletes the row whose column {@code id} has this value. */
    default int delete(String table, Object id) {
        requireNonNull(table, "table");
        requireNonNull(id, "id");
        return delete(table, "id", id);
    }

    /**
     * Deletes the row of a key; returns 1, or 0 when there is none. A later flush of the server brings the row back when it had been flushed
     * before; where that matters, mark rows as deleted in a column of your own.
     */
    default int delete(String table, String keyColumn, Object key) {
        requireNonNull(table, "table");
        requireNonNull(keyColumn, "keyColumn");
        requireNonNull(key, "key");
        return query(Statements.delete(table, keyColumn, key)).rowCount();
    }
}
