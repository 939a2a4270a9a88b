package dev.korm.engine;

import dev.korm.query.Question;
import dev.korm.spi.Mutation;
import dev.korm.spi.Selection;
import dev.korm.spi.TableName;
import dev.korm.spi.TableShape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What holds a batch to it that nothing in its layer refers to items that went, as far as the layer can say so. */
final class ReferenceGuards {
    private ReferenceGuards() {}

    /** Returns the guards that the policies of a layer ask for. */
    static List<Mutation> of(OpenLayer layer, List<StoredPolicy> policies, Collection<ItemKey> gone) {
        List<Mutation> guards = new ArrayList<>();
        Map<String, Map<TableName, List<String>>> byTable = KeysByTable.of(gone);
        for (StoredPolicy policy : policies) {
            TableShape shape = null;
            for (Map.Entry<String, Map<TableName, List<String>>> ofLayer : byTable.entrySet()) {
                for (Map.Entry<TableName, List<String>> target :
                        ofLayer.getValue().entrySet()) {
                    if (!policy.concerns(target.getKey())) {
                        continue;
                    }
                    shape = shape != null ? shape : layer.shape(policy.table()).orElse(null);
                    if (shape == null) {
                        continue;
                    }
                    for (List<String> ids : KeysByTable.chunks(layer, 1, target.getValue())) {
                        guard(layer, shape, policy, ofLayer.getKey(), target.getKey(), ids)
                                .ifPresent(guards::add);
                    }
                }
            }
        }
        return guards;
    }

    private static Optional<Mutation> guard(
            OpenLayer layer, TableShape shape, StoredPolicy policy, String of, TableName target, List<String> ids) {
        return new ReferencePlace(shape)
                .at(policy.path())
                .naming(of, target, ids)
                .map(where -> new Selection(
                        shape.table(), List.of(), List.of(), where, List.of(), List.of(), OptionalLong.empty()))
                .filter(selection -> layer.evaluates(Question.of(selection)))
                .map(Mutation.RequireNone::new);
    }
}
