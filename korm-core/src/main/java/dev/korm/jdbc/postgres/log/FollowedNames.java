package dev.korm.jdbc.postgres.log;

import dev.korm.jdbc.existing.ShownTables;
import dev.korm.spi.query.TableName;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The tables of a layer by the names that the log has for them. Safe for many threads. */
public final class FollowedNames {
    private final String schema;
    private final ShownTables shown;

    /** Tables of korm's own by their names in the database, which cuts off long ones. */
    private final Map<String, TableName> own;

    /**
     * @param schema that has the tables of korm's own
     * @param own those by their names in the database
     */
    public FollowedNames(String schema, ShownTables shown, Map<String, TableName> own) {
        this.schema = schema;
        this.shown = shown;
        this.own = Map.copyOf(own);
    }

    /** Returns the tables of items that a table is; none where nobody of this layer asks for it. */
    public List<FollowedRelation> tables(String home, String name) {
        Stream<FollowedRelation> existing = shown.named(home, name).stream().map(FollowedRelation::existing);
        if (!home.equals(schema)) {
            return existing.toList();
        }
        TableName known = own.get(name);
        TableName table = known == null && TableName.isItems(name) ? new TableName(name, TableName.ID) : known;
        return table == null
                ? existing.toList()
                : Stream.concat(existing, Stream.of(FollowedRelation.own(table)))
                        .toList();
    }
}
