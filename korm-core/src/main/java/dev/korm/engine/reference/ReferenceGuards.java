package dev.korm.engine.reference;

import dev.korm.engine.context.ItemKey;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.engine.layer.StoredPolicy;
import dev.korm.query.FederatedSelection;
import dev.korm.spi.Mutation;
import dev.korm.spi.query.Selection;
import dev.korm.spi.query.TableName;
import dev.korm.spi.schema.TableSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Guards of a batch by which the layer checks, as far as it can, that nothing in it refers to deleted items. */
final class ReferenceGuards {
    private ReferenceGuards() {}

    /** Returns the guards that the policies of a layer ask for. */
    static List<Mutation> of(OpenLayer layer, List<StoredPolicy> policies, Collection<ItemKey> gone) {
        List<Mutation> guards = new ArrayList<>();
        Map<String, Map<TableName, List<String>>> byTable = KeysByTable.of(gone);
        for (StoredPolicy policy : policies) {
            TableSchema schema = null;
            for (Map.Entry<String, Map<TableName, List<String>>> ofLayer : byTable.entrySet()) {
                for (Map.Entry<TableName, List<String>> target :
                        ofLayer.getValue().entrySet()) {
                    if (!policy.concerns(target.getKey())) {
                        continue;
                    }
                    schema = schema != null
                            ? schema
                            : layer.schema(policy.table()).orElse(null);
                    if (schema == null) {
                        continue;
                    }
                    for (List<String> ids : KeysByTable.chunks(layer, 1, target.getValue())) {
                        guard(layer, schema, policy, ofLayer.getKey(), target.getKey(), ids)
                                .ifPresent(guards::add);
                    }
                }
            }
        }
        return guards;
    }

    private static Optional<Mutation> guard(
            OpenLayer layer, TableSchema schema, StoredPolicy policy, String of, TableName target, List<String> ids) {
        return new ReferencePosition(schema)
                .at(policy.path())
                .naming(of, target, ids)
                .map(where -> new Selection(
                        schema.table(), List.of(), List.of(), where, List.of(), List.of(), OptionalLong.empty()))
                .filter(selection -> layer.evaluates(FederatedSelection.of(selection)))
                .map(Mutation.RequireNone::new);
    }
}
