package dev.korm.engine.convert;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import dev.korm.Rn;
import dev.korm.engine.item.CollectionHandle;
import dev.korm.schema.Conversion;
import dev.korm.schema.ConversionProgress;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A conversion that is yet to be run.
 *
 * @param <T> the record
 */
public final class FieldConversion<T> implements Conversion {
    private final ConvertedField<T, ?> field;
    private final Supplier<CollectionHandle<T>> collection;
    private final Function<Rn<?>, CollectionHandle<T>> named;
    private final Consumer<ConversionProgress> listener;

    /**
     * @param collection the record's own
     * @param named returns another one
     */
    public FieldConversion(
            ConvertedField<T, ?> field,
            Supplier<CollectionHandle<T>> collection,
            Function<Rn<?>, CollectionHandle<T>> named) {
        this(field, collection, named, progress -> {});
    }

    private FieldConversion(
            ConvertedField<T, ?> field,
            Supplier<CollectionHandle<T>> collection,
            Function<Rn<?>, CollectionHandle<T>> named,
            Consumer<ConversionProgress> listener) {
        this.field = field;
        this.collection = collection;
        this.named = named;
        this.listener = listener;
    }

    @Override
    public Conversion of(Rn<?> other) {
        requireNonNull(other, "collection");
        CollectionHandle<T> home = named.apply(other);
        return new FieldConversion<>(field, () -> home, named, listener);
    }

    @Override
    public Conversion onProgress(Consumer<ConversionProgress> progress) {
        requireNonNull(progress, "progress");
        return new FieldConversion<>(field, collection, named, progress);
    }

    @Override
    public long run() {
        return new ConversionRun<>(field, collection.get().base(), listener).run();
    }
}
