package dev.korm.cli;

import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.spi.Layer;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files that items of layers given on the command line name, and that are not in their depots. */
final class MissingFiles {
    private static final Pattern FILE = Pattern.compile("\\[rn\\]\\[depot::[^\\]]+\\]:[^\"\\\\\\s]+");

    private final Pool pool;
    private final PoolOptions options;
    private final Map<String, Integer> missing = new TreeMap<>();

    MissingFiles(Pool pool, PoolOptions options) {
        this.pool = pool;
        this.options = options;
    }

    /** Tells each file, and how many times it is named. */
    void find(ObjIntConsumer<String> each) {
        for (String name : pool.layers()) {
            Supplier<Layer> opening = options.layers().get(name);
            if (opening != null) {
                try (Layer layer = opening.get()) {
                    layer.tables().stream().filter(TableName::isItems).forEach(table -> layer.describe(table)
                            .ifPresent(schema -> read(layer, schema)));
                }
            }
        }
        missing.forEach(each::accept);
    }

    private void read(Layer layer, TableSchema schema) {
        List<Output> texts = schema.columns().stream()
                .filter(MissingFiles::mayName)
                .<Output>map(column -> new Output.Value(new Operand.Column(0, column.name(), column.kind())))
                .toList();
        if (texts.isEmpty()) {
            return;
        }
        Selection all = new Selection(
                schema.table(), List.of(), texts, Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty());
        try (RowCursor row = layer.select(all)) {
            while (row.next()) {
                for (int i = 0; i < texts.size(); i++) {
                    if (row.get(i) instanceof String text && text.contains("[rn][depot::")) {
                        note(text);
                    }
                }
            }
        }
    }

    private static boolean mayName(ColumnSchema column) {
        return column.kind() == ColumnKind.TEXT || column.kind() == ColumnKind.JSON || column.kind() == ColumnKind.RN;
    }

    private void note(String text) {
        Matcher file = FILE.matcher(text);
        while (file.find()) {
            if (missing.containsKey(file.group()) || !isThere(file.group())) {
                missing.merge(file.group(), 1, Integer::sum);
            }
        }
    }

    private boolean isThere(String file) {
        Rn<?> rn;
        try {
            rn = Rn.parse(file);
        } catch (RuntimeException text) {
            return true;
        }
        String depot = rn.depot().orElse("");
        return pool.depots().contains(depot) && pool.depot(depot).stat(rn).isPresent();
    }
}
