package dev.korm.engine.read;

import dev.korm.FieldPath;
import dev.korm.model.Model;
import dev.korm.model.Models;
import dev.korm.model.reference.ReferenceField;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Paths each of whose steps leads to a field that is a reference itself, so that what it names can be carried as soon as the row with the reference is read. Each type of what is
 * referred to is asked for the same further paths, wherever it is referred to: so one item does for all references to it. Immutable.
 */
final class DirectPaths {
    private static final DirectPaths NONE = new DirectPaths(Map.of());

    private final @Nullable Target[] byField;

    /** The target of a field, and what is resolved of that. */
    record Target(Class<?> type, DirectPaths further) {}

    private DirectPaths(Map<Integer, Target> targets) {
        int fields =
                targets.keySet().stream().mapToInt(field -> field + 1).max().orElse(0);
        this.byField = new @Nullable Target[fields];
        targets.forEach((field, target) -> byField[field] = target);
    }

    /** Returns the paths from items of a model; empty where they are not as this wants them. */
    static Optional<DirectPaths> of(Model<?> model, List<FieldPath> paths) {
        Set<List<FieldPath.Step>> steps = new LinkedHashSet<>();
        paths.forEach(path -> steps.add(path.steps()));
        return Optional.ofNullable(of(model, steps, new HashMap<>()));
    }

    /** @param asked what is asked of each type so far */
    private static @Nullable DirectPaths of(
            Model<?> model, Set<List<FieldPath.Step>> paths, Map<Class<?>, Set<List<FieldPath.Step>>> asked) {
        if (paths.isEmpty()) {
            return NONE;
        }
        Map<ReferenceField, Set<List<FieldPath.Step>>> behind = new LinkedHashMap<>();
        for (List<FieldPath.Step> steps : paths) {
            Optional<ReferenceField> field = model.referenceField(steps.get(0));
            if (field.isEmpty()) {
                return null;
            }
            Set<List<FieldPath.Step>> rests = behind.computeIfAbsent(field.get(), any -> new LinkedHashSet<>());
            if (steps.size() > 1) {
                rests.add(steps.subList(1, steps.size()));
            }
        }
        Map<Integer, Target> targets = new HashMap<>();
        for (Map.Entry<ReferenceField, Set<List<FieldPath.Step>>> each : behind.entrySet()) {
            Class<?> type = each.getKey().target();
            Set<List<FieldPath.Step>> rests = each.getValue();
            Set<List<FieldPath.Step>> earlier = asked.putIfAbsent(type, rests);
            DirectPaths further = earlier == null || earlier.equals(rests) ? of(Models.of(type), rests, asked) : null;
            if (further == null) {
                return null;
            }
            targets.put(each.getKey().index(), new Target(type, further));
        }
        return new DirectPaths(targets);
    }

    /** Returns a number above the index of each field that is resolved. */
    int width() {
        return byField.length;
    }

    /** Returns what a field of a record refers to; null for what is not resolved. */
    @Nullable Target of(int field) {
        return field < byField.length ? byField[field] : null;
    }
}
