package dev.korm.cli.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;

/** The Java source of records for tables. For one thread. */
public final class RecordSource {
    private final DatabaseTables.Product product;
    private final String namespace;
    private final @Nullable String schema;
    private final Map<String, DatabaseTable> tables = new LinkedHashMap<>();
    private final Map<String, String> names = new LinkedHashMap<>();
    private final Map<String, String> kinds = new LinkedHashMap<>();
    private final Set<String> imports = new TreeSet<>();

    /**
     * Creates one.
     *
     * @param namespace for the RNs of the items
     * @param schema where the tables are; null where it is the layer's
     */
    public RecordSource(
            DatabaseTables.Product product, String namespace, @Nullable String schema, List<DatabaseTable> tables) {
        this.product = product;
        this.namespace = namespace;
        this.schema = schema;
        for (DatabaseTable table : tables) {
            this.tables.put(table.name(), table);
            names.put(table.name(), distinct(typeName(table.name()), names.values()));
            kinds.put(table.name(), distinct(kind(table.name()), kinds.values()));
        }
    }

    /** Returns the source of one file; without a package where that is null. */
    public String text(@Nullable String packageName) {
        StringBuilder records = new StringBuilder();
        tables.values().forEach(table -> records.append('\n').append(record(table)));
        imports.addAll(List.of("dev.korm.Stored", "dev.korm.table.Table"));
        StringBuilder text = new StringBuilder();
        if (packageName != null) {
            text.append("package ").append(packageName).append(";\n\n");
        }
        imports.forEach(name -> text.append("import ").append(name).append(";\n"));
        return text.append(records).toString();
    }

    private String record(DatabaseTable table) {
        Optional<String> unfit = unfit(table);
        if (unfit.isPresent()) {
            return "// " + oneLine(table.name()) + ": no record, since " + unfit.get() + "\n";
        }
        List<String> notes = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        Set<String> used = new TreeSet<>();
        // The key first, in its own order, which is the order in an RN.
        for (String part : table.key()) {
            DatabaseTable.Column column = table.column(part).orElseThrow();
            FieldType type = FieldType.of(product, column).orElseThrow();
            imports.add("dev.korm.table.Id");
            fields.add("@Id "
                    + field(
                            column,
                            type,
                            table.key().size() == 1 && type.isWhole() ? type.boxed() : type.primitive(),
                            used));
        }
        for (DatabaseTable.ForeignKey foreign : table.foreignKeys()) {
            reference(table, foreign, used).ifPresent(fields::add);
        }
        for (DatabaseTable.Column column : table.columns()) {
            if (table.key().contains(column.name()) || isReference(table, column)) {
                continue;
            }
            Optional<FieldType> type = FieldType.of(product, column);
            if (type.isEmpty()) {
                notes.add("// Without its column " + oneLine(column.name()) + ", for whose type, "
                        + oneLine(column.type()) + ", there is no field.\n");
                continue;
            }
            String version = "";
            if (column.name().equalsIgnoreCase("version") && type.get().isWhole() && !column.nullable()) {
                imports.add("dev.korm.table.Version");
                version = "@Version ";
            }
            fields.add(version
                    + field(
                            column,
                            type.get(),
                            column.nullable() ? type.get().boxed() : type.get().primitive(),
                            used));
        }
        String place = schema == null ? "" : ", schema = " + literal(schema);
        return String.join("", notes)
                + "@Table(name = " + literal(table.name()) + place + ")\n"
                + "@Stored(namespace = " + literal(namespace) + ", kind = "
                + literal(String.valueOf(kinds.get(table.name()))) + ")\n"
                + "record " + names.get(table.name()) + "(\n        " + String.join(",\n        ", fields) + ") {}\n";
    }

    private Optional<String> unfit(DatabaseTable table) {
        if (table.key().isEmpty()) {
            return Optional.of("it has no primary key");
        }
        for (String part : table.key()) {
            Optional<FieldType> type = table.column(part).flatMap(column -> FieldType.of(product, column));
            if (type.isEmpty() || !type.get().isKey()) {
                return Optional.of("its key " + oneLine(part) + " is no whole number, text, UUID or date");
            }
        }
        return Optional.empty();
    }

    /** Returns a field for a foreign key to the whole key of a table that has a record; empty for others. */
    private Optional<String> reference(DatabaseTable table, DatabaseTable.ForeignKey foreign, Set<String> used) {
        DatabaseTable target = tables.get(foreign.table());
        if (target == null || !isReference(table, foreign)) {
            return Optional.empty();
        }
        // In the order of the target's key, which is that of its fields.
        List<String> columns = target.key().stream()
                .map(part -> foreign.columns().get(foreign.referred().indexOf(part)))
                .toList();
        String column = columns.get(0);
        String lower = column.toLowerCase(Locale.ROOT);
        String name = distinct(
                fieldName(
                        columns.size() > 1
                                ? foreign.table()
                                : lower.endsWith("_id") && lower.length() > 3
                                        ? column.substring(0, column.length() - 3)
                                        : column),
                used);
        used.add(name);
        imports.add("dev.korm.Rn");
        boolean plain = columns.size() == 1 && (column.equals(name) || column.equals(snake(name) + "_id"));
        return Optional.of((plain ? "" : columnAnnotation(columns)) + "Rn<" + names.get(foreign.table()) + "> " + name);
    }

    private boolean isReference(DatabaseTable table, DatabaseTable.ForeignKey foreign) {
        DatabaseTable target = tables.get(foreign.table());
        return target != null
                && unfit(target).isEmpty()
                && foreign.referred().size() == target.key().size()
                && foreign.referred().containsAll(target.key())
                && foreign.columns().stream().noneMatch(table.key()::contains);
    }

    private boolean isReference(DatabaseTable table, DatabaseTable.Column column) {
        return table.foreignKeys().stream()
                .anyMatch(foreign -> foreign.columns().contains(column.name()) && isReference(table, foreign));
    }

    private String field(DatabaseTable.Column column, FieldType type, String written, Set<String> used) {
        if (!type.imported().isEmpty()) {
            imports.add(type.imported());
        }
        String name = distinct(fieldName(column.name()), used);
        used.add(name);
        boolean plain = column.name().equals(name) || column.name().equals(snake(name));
        return (plain ? "" : columnAnnotation(List.of(column.name()))) + written + " " + name;
    }

    private String columnAnnotation(List<String> columns) {
        imports.add("dev.korm.table.Column");
        List<String> literals = columns.stream().map(RecordSource::literal).toList();
        return "@Column(" + (literals.size() == 1 ? literals.get(0) : "{" + String.join(", ", literals) + "}") + ") ";
    }

    private static String typeName(String table) {
        String camel = camel(table);
        String name = camel.isEmpty() || !Character.isJavaIdentifierStart(camel.charAt(0)) ? "Table" + camel : camel;
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static String fieldName(String column) {
        String camel = camel(column);
        String name = camel.isEmpty() || !Character.isJavaIdentifierStart(camel.charAt(0)) ? "column" + camel : camel;
        name = Character.toLowerCase(name.charAt(0)) + name.substring(1);
        return SourceVersion.isKeyword(name, SourceVersion.RELEASE_17) || isMethodOfObject(name)
                ? name + "Value"
                : name;
    }

    /** Returns whether a component of a record cannot have the name. */
    private static boolean isMethodOfObject(String name) {
        return Set.of("clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait")
                .contains(name);
    }

    private static String camel(String name) {
        StringBuilder out = new StringBuilder();
        boolean upper = false;
        // All upper case, as some databases keep names, is read as lower case.
        String text = name.equals(name.toUpperCase(Locale.ROOT)) ? name.toLowerCase(Locale.ROOT) : name;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isAsciiLetterOrDigit(c)) {
                upper = out.length() > 0;
            } else {
                out.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return out.toString();
    }

    /** Returns whether the name of a field of korm's, and with it a column of its own, may have the character. */
    private static boolean isAsciiLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Returns a name as korm looks for its column. */
    private static String snake(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                out.append('_');
            }
            out.append(Character.toLowerCase(c));
        }
        return out.toString();
    }

    /** Returns a table's name as the kind in an RN: a lower-case letter, then such letters and digits. */
    private static String kind(String table) {
        String kind = table.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return kind.isEmpty() || !Character.isLetter(kind.charAt(0)) ? "t" + kind : kind;
    }

    private static String distinct(String name, java.util.Collection<String> taken) {
        String free = name;
        for (int i = 2; taken.contains(free); i++) {
            free = name + i;
        }
        return free;
    }

    private static String literal(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                // A Unicode escape would end the line before the literal is read.
                out.append(String.format(Locale.ROOT, "\\%03o", (int) c));
            } else if (c > '~') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /** Returns a name that ends no comment. */
    private static String oneLine(String text) {
        return text.replaceAll("[^ -~]", "?").replace("\\", "?");
    }
}
