package dev.korm.engine.relocate;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.engine.layer.OpenLayer;
import dev.korm.relocate.CollectionMove;
import dev.korm.relocate.Relocated;
import dev.korm.relocate.Relocation;
import dev.korm.relocate.RelocationProgress;
import java.util.Optional;
import java.util.function.Consumer;

/** A relocation that is being set up: the items, the target and the options. */
public final class ItemRelocation<T> implements Relocation<T> {
    private final CollectionHandle<T> source;
    private final Optional<String> layer;
    private final Consumer<RelocationProgress> progress;

    private ItemRelocation(CollectionHandle<T> source, Optional<String> layer, Consumer<RelocationProgress> progress) {
        this.source = source;
        this.layer = layer;
        this.progress = progress;
    }

    public static <T> Relocation<T> from(CollectionHandle<T> source) {
        return new ItemRelocation<>(source, Optional.empty(), any -> {});
    }

    @Override
    public Relocation<T> to(String name) {
        requireNonNull(name, "layer");
        source.pool().layers().layer(name);
        if (name.equals(source.layer().layer())) {
            throw new ConfigurationException(source.collection() + " is in the layer \"" + name
                    + "\" already; name another layer of the pool to relocate it to");
        }
        return new ItemRelocation<>(source, Optional.of(name), progress);
    }

    @Override
    public Relocation<T> onProgress(Consumer<RelocationProgress> listener) {
        requireNonNull(listener, "progress");
        return new ItemRelocation<>(source, layer, listener);
    }

    @Override
    public Relocated copy() {
        return run(RelocationRun.Aim.COPY);
    }

    @Override
    public Relocated move() {
        return run(RelocationRun.Aim.MOVE);
    }

    @Override
    public CollectionMove<T> asChange() {
        return new MovingCollection<>(source, target());
    }

    private String target() {
        return layer.orElseThrow(() -> new ConfigurationException(
                "The target of relocating " + source.collection() + " is missing; name a layer with to(…)"));
    }

    private Relocated run(RelocationRun.Aim aim) {
        OpenLayer to = source.pool().layers().layer(target());
        Rn<T> bare = Rn.collection(source.table().namespace(), source.table().kind());
        CollectionHandle<T> target =
                new CollectionHandle<>(source.pool(), to, source.model(), source.table(), bare.from(to.layer()));
        return new RelocationRun<>(source, target, aim, progress).run();
    }
}
