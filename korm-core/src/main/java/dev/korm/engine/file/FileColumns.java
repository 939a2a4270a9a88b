package dev.korm.engine.file;

import dev.korm.KormException;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.model.Model;
import dev.korm.model.reference.FileVisitor;
import dev.korm.model.row.Encoded;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The columns of a table in which items of a type can hold files, so that rows need not be read whole for them. Immutable.
 *
 * @param <T> the type
 */
public final class FileColumns<T> {
    private final Model<T> model;
    private final List<ColumnSchema> columns;

    private FileColumns(Model<T> model, List<ColumnSchema> columns) {
        this.model = model;
        this.columns = columns;
    }

    /** Finds the file columns; none where the pool has no depot that a file could be in. */
    public static <T> FileColumns<T> of(CollectionHandle<T> home, TableSchema schema) {
        boolean none = home.pool().depots().isEmpty();
        return new FileColumns<>(home.model(), none ? List.of() : home.model().fileColumns(schema));
    }

    /** Returns those of these file columns that are among some columns. */
    public FileColumns<T> among(List<ColumnSchema> some) {
        return new FileColumns<>(model, columns.stream().filter(some::contains).toList());
    }

    public List<ColumnSchema> columns() {
        return columns;
    }

    public boolean isEmpty() {
        return columns.isEmpty();
    }

    public List<Output> outputs() {
        List<Output> outputs = new ArrayList<>();
        columns.forEach(column -> outputs.add(new Output.Value(new Operand.Column(0, column.name(), column.kind()))));
        return outputs;
    }

    /** Returns a condition that is true of every row with a file in these columns. */
    public Condition filled() {
        return NamedFiles.filled(columns);
    }

    /** Returns the files that values name. */
    public Set<Rn<?>> named(Encoded values) {
        Set<Rn<?>> named = new LinkedHashSet<>();
        for (ColumnSchema column : columns) {
            int place = values.columns().indexOf(column);
            if (place >= 0) {
                model.eachFile(column, values.values().get(place), (file, declared) -> named.add(file.rn()));
            }
        }
        return named;
    }

    /** Shows the files of the row at hand. */
    public void each(RowCursor row, int first, FileVisitor visitor) {
        for (int i = 0; i < columns.size(); i++) {
            try {
                model.eachFile(columns.get(i), row.get(first + i), visitor);
            } catch (KormException malformed) {
                // A row that cannot be read can be deleted all the same; a sweep looks after its files.
            }
        }
    }
}
