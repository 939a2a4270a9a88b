package dev.korm.engine.layer;

import dev.korm.DeletePolicy;
import dev.korm.FieldPath;
import dev.korm.KormException;
import dev.korm.SchemaException;
import dev.korm.model.reference.ReferencePolicy;
import dev.korm.spi.Batch;
import dev.korm.spi.BatchResult;
import dev.korm.spi.Layer;
import dev.korm.spi.Mutation;
import dev.korm.spi.Row;
import dev.korm.spi.RowCursor;
import dev.korm.spi.query.ColumnKind;
import dev.korm.spi.query.Condition;
import dev.korm.spi.query.Operand;
import dev.korm.spi.query.Output;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.ColumnSchema;
import dev.korm.spi.schema.SchemaMovedException;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code __korm_references__} of a layer: the policies of the fields of its tables, a row each. A row is written when
 * items are first stored for a record that declares the policy, and changed when a record declares another.
 */
final class PolicyTable {
    static final TableName TABLE = TableName.own("__korm_references__", "id");

    private static final ColumnSchema HOLDER = new ColumnSchema("table_name", ColumnKind.TEXT);
    private static final ColumnSchema PATH = new ColumnSchema("path", ColumnKind.TEXT);
    private static final ColumnSchema POLICY = new ColumnSchema("policy", ColumnKind.TEXT);
    private static final ColumnSchema NAMESPACE = new ColumnSchema("target_namespace", ColumnKind.TEXT);
    private static final ColumnSchema KIND = new ColumnSchema("target_kind", ColumnKind.TEXT);
    private static final List<ColumnSchema> COLUMNS = List.of(HOLDER, PATH, POLICY, NAMESPACE, KIND);
    private static final TableSchema WANTED = new TableSchema(TABLE, withKey(), List.of());

    private final Layer layer;

    PolicyTable(Layer layer) {
        this.layer = layer;
    }

    private static List<ColumnSchema> withKey() {
        List<ColumnSchema> all = new ArrayList<>();
        all.add(new ColumnSchema(TABLE.key(), ColumnKind.ID));
        all.addAll(COLUMNS);
        return all;
    }

    /** Returns all that are kept in the layer. */
    List<StoredPolicy> read() {
        try {
            return layer.describe(TABLE).map(this::read).orElse(List.of());
        } catch (SchemaMovedException moved) {
            return layer.describe(TABLE).map(this::read).orElse(List.of());
        }
    }

    private List<StoredPolicy> read(TableSchema schema) {
        List<Output> outputs = new ArrayList<>();
        for (ColumnSchema column : COLUMNS) {
            outputs.add(new Output.Value(
                    schema.has(column.name())
                            ? new Operand.Column(0, column.name(), column.kind())
                            : new Operand.Absent(column.kind())));
        }
        List<StoredPolicy> policies = new ArrayList<>();
        // Few rows, and not every layer evaluates conditions.
        Selection all =
                new Selection(TABLE, List.of(), outputs, Condition.ALWAYS, List.of(), List.of(), OptionalLong.empty());
        try (RowCursor row = layer.select(all)) {
            while (row.next()) {
                policies.add(policy(row));
            }
        }
        return List.copyOf(policies);
    }

    private StoredPolicy policy(RowCursor row) {
        try {
            String table = text(row.get(0));
            String namespace = text(row.get(3));
            return new StoredPolicy(
                    new TableName(table, TableName.ID),
                    FieldPath.parse(text(row.get(1))),
                    DeletePolicy.valueOf(text(row.get(2))),
                    namespace.isEmpty()
                            ? Optional.empty()
                            : Optional.of(new ReferencePolicy.Target(namespace, text(row.get(4)))));
        } catch (IllegalArgumentException | KormException unreadable) {
            throw new SchemaException(
                    "A reference policy in " + TABLE + " of the layer \"" + layer.name()
                            + "\" cannot be read, so nothing may be deleted in this pool; a newer korm wrote it, or another"
                            + " program. Use the newer korm, or remove the row",
                    unreadable);
        }
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    /** Writes what differs from what is kept; a field that is declared to be left, and never was otherwise, has no row. */
    void declare(List<StoredPolicy> declared) {
        Map<String, StoredPolicy> kept = new LinkedHashMap<>();
        read().forEach(policy -> kept.put(policy.key(), policy));
        List<StoredPolicy> added = new ArrayList<>();
        List<Mutation> changes = new ArrayList<>();
        for (StoredPolicy policy : declared) {
            StoredPolicy earlier = kept.get(policy.key());
            if (earlier == null && policy.policy() != DeletePolicy.LEAVE) {
                added.add(policy);
            } else if (earlier != null && !earlier.equals(policy)) {
                changes.add(update(policy));
            }
        }
        if (added.isEmpty() && changes.isEmpty()) {
            return;
        }
        layer.evolve(WANTED, Set.of());
        if (!changes.isEmpty()) {
            layer.apply(Batch.of(changes));
        }
        for (StoredPolicy policy : added) {
            BatchResult result =
                    layer.apply(Batch.of(List.of(new Mutation.Insert(TABLE, policy.key(), COLUMNS, values(policy)))));
            if (result instanceof BatchResult.Refused) {
                // Another program was first, with a declaration of the same field.
                layer.apply(Batch.of(List.of(update(policy))));
            }
        }
    }

    private static Mutation update(StoredPolicy policy) {
        return new Mutation.Update(TABLE, policy.key(), OptionalLong.empty(), COLUMNS, values(policy));
    }

    private static Row values(StoredPolicy policy) {
        return Row.of(
                policy.table().text(),
                policy.path().toString(),
                policy.policy().name(),
                policy.target().map(ReferencePolicy.Target::namespace).orElse(null),
                policy.target().map(ReferencePolicy.Target::kind).orElse(null));
    }
}
