package dev.korm.jdbc.sql;

import dev.korm.spi.query.Selection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The selections of a batch. */
public interface Selections {
    /** Returns the sources of the selection's tables, ready for writing it. */
    TableSources sources(Selection selection);

    /**
     * Returns the keys of the selected rows, which are locked, when the database cannot select exactly them; empty when
     * one statement does it all.
     */
    default Optional<List<String>> keys(Selection selection) throws SQLException {
        return Optional.empty();
    }
}
