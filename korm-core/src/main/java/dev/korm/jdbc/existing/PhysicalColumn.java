package dev.korm.jdbc.existing;

import dev.korm.spi.schema.ColumnSchema;

/**
 * A column as the database describes it.
 *
 * @param type in the database's own words, in lower case
 * @param filling what a row has in it that does not name it
 * @param keyPart its place in the primary key, from 1; 0 where it is not in it
 */
public record PhysicalColumn(String name, String type, ColumnSchema.Filling filling, int keyPart) {
    /**
     * Creates one.
     *
     * @param generated whether the database works it out
     * @param filled whether it has a default, or counts by itself
     */
    public static PhysicalColumn of(
            String name, String type, boolean generated, boolean filled, boolean notNull, int keyPart) {
        ColumnSchema.Filling filling = generated
                ? ColumnSchema.Filling.GENERATED
                : !filled
                        ? ColumnSchema.Filling.NULL
                        : notNull ? ColumnSchema.Filling.DEFAULT_NOT_NULL : ColumnSchema.Filling.DEFAULT;
        return new PhysicalColumn(name, type, filling, keyPart);
    }
}
