package dev.korm.cli.schema;

import java.util.Optional;
import java.util.Set;

/**
 * The type of a field for a column.
 *
 * @param primitive how it is written where the column holds no null
 * @param boxed how it is written otherwise
 * @param imported the class to import; empty where none needs to be
 */
record FieldType(String primitive, String boxed, String imported) {
    private static final FieldType STRING = plain("String", "");
    private static final FieldType INT = new FieldType("int", "Integer", "");
    private static final FieldType LONG = new FieldType("long", "Long", "");
    private static final FieldType BOOLEAN = new FieldType("boolean", "Boolean", "");
    private static final FieldType DOUBLE = new FieldType("double", "Double", "");
    private static final FieldType BYTES = plain("byte[]", "");
    private static final FieldType DECIMAL = plain("BigDecimal", "java.math.BigDecimal");
    private static final FieldType DATE = plain("LocalDate", "java.time.LocalDate");
    private static final FieldType TIME = plain("LocalTime", "java.time.LocalTime");
    private static final FieldType DATE_TIME = plain("LocalDateTime", "java.time.LocalDateTime");
    private static final FieldType INSTANT = plain("Instant", "java.time.Instant");
    private static final FieldType UUID = plain("UUID", "java.util.UUID");
    private static final FieldType DOCUMENT = plain("Document", "dev.korm.Document");

    private static final Set<FieldType> WHOLE = Set.of(INT, LONG);
    private static final Set<FieldType> KEYS = Set.of(STRING, INT, LONG, UUID, DATE);

    private static FieldType plain(String name, String imported) {
        return new FieldType(name, name, imported);
    }

    /** Returns the type for a column; empty where no field can be one. */
    static Optional<FieldType> of(DatabaseTables.Product product, DatabaseTable.Column column) {
        String type = column.type();
        String name = type.replaceAll("[(].*?[)]", "").strip();
        return switch (product) {
            case SQLITE -> Optional.of(sqlite(name));
            case POSTGRES -> postgres(name);
            case MYSQL -> mysql(type, name);
        };
    }

    /** Follows the rules by which SQLite takes a declared type (https://www.sqlite.org/datatype3.html). */
    private static FieldType sqlite(String type) {
        if (type.contains("bool")) {
            return BOOLEAN;
        }
        if (type.contains("int")) {
            return LONG;
        }
        if (type.contains("char") || type.contains("clob") || type.contains("text")) {
            return STRING;
        }
        if (type.contains("blob")) {
            return BYTES;
        }
        if (type.contains("real") || type.contains("floa") || type.contains("doub")) {
            return DOUBLE;
        }
        return type.contains("dec") || type.contains("num") ? DECIMAL : STRING;
    }

    private static Optional<FieldType> postgres(String type) {
        return switch (type) {
            case "int2", "int4", "serial", "smallserial" -> Optional.of(INT);
            case "int8", "bigserial" -> Optional.of(LONG);
            case "bool" -> Optional.of(BOOLEAN);
            case "float4", "float8" -> Optional.of(DOUBLE);
            case "numeric" -> Optional.of(DECIMAL);
            case "bytea" -> Optional.of(BYTES);
            case "date" -> Optional.of(DATE);
            case "time" -> Optional.of(TIME);
            case "timestamp" -> Optional.of(DATE_TIME);
            case "timestamptz" -> Optional.of(INSTANT);
            case "uuid" -> Optional.of(UUID);
            case "json", "jsonb" -> Optional.of(DOCUMENT);
            // Arrays, whose names begin so.
            default -> type.startsWith("_") ? Optional.empty() : Optional.of(STRING);
        };
    }

    private static Optional<FieldType> mysql(String type, String name) {
        boolean unsigned = name.contains("unsigned");
        String plain = name.replace("unsigned", "").replace("zerofill", "").strip();
        return switch (plain) {
            case "tinyint" -> Optional.of(type.startsWith("tinyint(1)") ? BOOLEAN : INT);
            case "bit", "boolean" ->
                type.startsWith("bit(1)") || plain.equals("boolean") ? Optional.of(BOOLEAN) : Optional.empty();
            case "smallint", "mediumint", "year" -> Optional.of(INT);
            case "int", "integer" -> Optional.of(unsigned ? LONG : INT);
            case "bigint" -> unsigned ? Optional.empty() : Optional.of(LONG);
            case "float", "double", "real" -> Optional.of(DOUBLE);
            case "decimal", "numeric" -> Optional.of(DECIMAL);
            case "binary" -> Optional.of(type.startsWith("binary(16)") ? UUID : BYTES);
            case "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> Optional.of(BYTES);
            case "date" -> Optional.of(DATE);
            case "time" -> Optional.of(TIME);
            case "datetime" -> Optional.of(DATE_TIME);
            case "timestamp" -> Optional.of(INSTANT);
            case "uuid" -> Optional.of(UUID);
            case "json" -> Optional.of(DOCUMENT);
            case "geometry", "point", "linestring", "polygon" -> Optional.empty();
            default -> Optional.of(STRING);
        };
    }

    /** Returns whether a part of a primary key can be of it. */
    boolean isKey() {
        return KEYS.contains(this);
    }

    boolean isWhole() {
        return WHOLE.contains(this);
    }
}
