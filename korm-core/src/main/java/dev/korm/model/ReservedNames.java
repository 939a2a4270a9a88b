package dev.korm.model;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Names of columns that some database keeps for itself. No field is given such a column on any layer, whatever its own database
 * takes, so that a collection can be moved to every other; a column that another program has made is used as it is.
 */
public final class ReservedNames {
    private static final String POSTGRES = "PostgreSQL has a system column of that name";
    private static final String INNODB = "MySQL and MariaDB keep that name for their storage engine";
    private static final String SQLITE = "it names the row id in SQLite";

    /** In small letters. SQLite and InnoDB tell no case apart. */
    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("tableoid", POSTGRES),
            Map.entry("xmin", POSTGRES),
            Map.entry("cmin", POSTGRES),
            Map.entry("xmax", POSTGRES),
            Map.entry("cmax", POSTGRES),
            Map.entry("ctid", POSTGRES),
            Map.entry("db_row_id", INNODB),
            Map.entry("db_trx_id", INNODB),
            Map.entry("db_roll_ptr", INNODB),
            Map.entry("fts_doc_id", INNODB),
            Map.entry("rowid", SQLITE),
            Map.entry("_rowid_", SQLITE),
            Map.entry("oid", SQLITE));

    private ReservedNames() {}

    /** Returns why no column is given that name; empty where one may be. */
    public static Optional<String> reason(String column) {
        return Optional.ofNullable(REASONS.get(column.toLowerCase(Locale.ROOT)));
    }
}
