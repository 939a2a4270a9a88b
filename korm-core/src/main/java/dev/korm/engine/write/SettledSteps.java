package dev.korm.engine.write;

import dev.korm.Referenced;
import dev.korm.Rn;
import dev.korm.engine.context.ItemKey;
import dev.korm.engine.file.FileChanges;
import dev.korm.engine.item.ChangedItem;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.item.ItemChange;
import dev.korm.engine.item.StoredItem;
import dev.korm.model.Model;
import java.util.HashMap;
import java.util.Map;

/** The carrier of the changes or items of a change set, as they are after everything was stored. Used by one thread. */
final class SettledSteps implements ItemChange.Settled {
    private final Map<ItemKey, ItemChange<?>> steps;
    private final FileChanges files;

    SettledSteps(Map<ItemKey, ItemChange<?>> steps, FileChanges files) {
        this.steps = steps;
        this.files = files;
    }

    @SuppressWarnings("unchecked") // Steps are kept under the identity of their item.
    <T> StoredItem<T> item(ItemChange<T> step) {
        ItemChange<T> kept = (ItemChange<T>) steps.getOrDefault(step.key(), step);
        return kept.equals(step) ? step.stored(this) : stored(kept, step.dataOf());
    }

    /**
     * Returns the item of a step as it is in a place whose data may lack the change: with the change, and the
     * references of the place.
     */
    private <T> StoredItem<T> stored(ItemChange<T> step, T placed) {
        Model<T> model = step.home().model();
        return step.stored(
                this, model.sameData(step.dataOf(), placed) ? placed : carryingAs(model, step.dataOf(), placed));
    }

    /**
     * Returns the data with its references carrying what those of a place do, and nothing else: each place leads on
     * to its own end.
     */
    private static <T> T carryingAs(Model<T> model, T data, T placed) {
        Map<String, Rn<?>> carried = new HashMap<>();
        model.mapAllReferences(placed, rn -> {
            if (rn.carried().isPresent()) {
                carried.put(rn.toString(), rn);
            }
            return rn;
        });
        return model.mapAllReferences(data, rn -> carried.getOrDefault(rn.toString(), rn.unresolved()));
    }

    /**
     * Returns the data with every carried change replaced by the item that it became, and every new file by the
     * stored one.
     */
    @Override
    public <T> T data(CollectionHandle<T> home, T data) {
        T carrying = home.model().mapAllReferences(data, rn -> rn.carried()
                .<Rn<?>>map(carried -> carrying(rn, carried))
                .orElse(rn));
        return home.model().mapAllFiles(carrying, files::settled);
    }

    @SuppressWarnings("unchecked") // What a reference carries has the type that it names.
    private <T> Rn<T> carrying(Rn<T> rn, Referenced<?> carried) {
        Referenced<T> now = (Referenced<T>) settle(carried);
        return now == carried ? rn : rn.carrying(now);
    }

    private Referenced<?> settle(Referenced<?> carried) {
        if (carried instanceof ChangedItem<?> changed) {
            return changed(changed);
        }
        return carried instanceof StoredItem<?> stored ? settled(stored) : carried;
    }

    @SuppressWarnings("unchecked") // Steps are kept under the identity of their item.
    private <T> StoredItem<T> changed(ChangedItem<T> item) {
        ItemChange<T> step = (ItemChange<T>) steps.get(item.home().key(item.rn()));
        return step == null ? item.before() : stored(step, item.data());
    }

    private <T> StoredItem<T> settled(StoredItem<T> item) {
        return !item.isReadable() ? item : item.with(data(item.home(), item.data()));
    }
}
