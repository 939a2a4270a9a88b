package dev.korm.engine.item;

import dev.korm.Editable;
import dev.korm.FieldPath;
import dev.korm.QueryException;
import dev.korm.Referenced;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.model.reference.ReferenceEditor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes of data, through resolved references too. An item that is referred to from several places of the data is changed in
 * all of them, so that no two differing copies of it are left.
 */
final class ReferenceEdits {
    private ReferenceEdits() {}

    static <T> T set(CollectionHandle<T> home, T data, FieldPath path, @Nullable Object value) {
        Through through = new Through(home.layer().layer());
        T changed = home.model().set(data, path, value, through);
        return through.everywhere(home, changed);
    }

    static <T> T patch(CollectionHandle<T> home, T data, Map<String, ? extends @Nullable Object> change) {
        Through through = new Through(home.layer().layer());
        T changed = home.model().patch(data, change, through);
        return through.everywhere(home, changed);
    }

    /** Hands changes on to what references carry, and remembers them. */
    private static final class Through implements ReferenceEditor {
        private final String layer;
        private final Map<ItemKey, List<UnaryOperator<Rn<?>>>> edits = new HashMap<>();

        Through(String layer) {
            this.layer = layer;
        }

        @Override
        public Rn<?> set(Rn<?> reference, List<FieldPath.Step> rest, @Nullable Object value, FieldPath path) {
            return edit(reference, rn -> carrying(rn, carried(rn, path).set(FieldPath.of(rest), value)));
        }

        @Override
        public Rn<?> patch(Rn<?> reference, Map<String, ? extends @Nullable Object> change, FieldPath path) {
            return edit(reference, rn -> carrying(rn, carried(rn, path).patch(change)));
        }

        private Rn<?> edit(Rn<?> reference, UnaryOperator<Rn<?>> change) {
            edits.computeIfAbsent(ItemKey.of(reference, layer), any -> new ArrayList<>())
                    .add(change);
            return change.apply(reference);
        }

        private static Editable<?, ?> carried(Rn<?> rn, FieldPath path) {
            Referenced<?> carried = rn.carried().orElse(null);
            if (carried instanceof Editable<?, ?> editable) {
                return editable;
            }
            throw new QueryException("The path " + path + " goes through " + rn
                    + ", which is not resolved. Name the path to it in resolvePaths(…) of the query, or change that item by"
                    + " itself");
        }

        @SuppressWarnings("unchecked") // A change of what a reference names has the type that it names.
        private static <T> Rn<T> carrying(Rn<T> rn, Object changed) {
            return rn.carrying((Referenced<T>) changed);
        }

        <T> T everywhere(CollectionHandle<T> home, T data) {
            if (edits.isEmpty()) {
                return data;
            }
            return home.model().mapAllReferences(data, rn -> {
                if (!rn.isResolved()) {
                    return rn;
                }
                List<UnaryOperator<Rn<?>>> all = edits.get(ItemKey.of(rn, layer));
                if (all == null) {
                    return rn;
                }
                // A change made twice is the same as made once, so the place that has it already may take it again.
                Rn<?> changed = rn;
                for (UnaryOperator<Rn<?>> edit : all) {
                    changed = edit.apply(changed);
                }
                return changed;
            });
        }
    }
}
