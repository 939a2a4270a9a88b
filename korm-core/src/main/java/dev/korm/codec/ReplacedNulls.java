package dev.korm.codec;

import dev.korm.codec.base.Codec;
import dev.korm.codec.base.DefaultCodec;
import dev.korm.codec.scalar.FileRefCodec;
import dev.korm.codec.scalar.RnCodec;
import dev.korm.codec.scalar.ScalarCodec;
import dev.korm.codec.text.TypeMismatch;
import dev.korm.spi.query.ColumnKind;
import java.lang.reflect.Array;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warnings of constructors that make a value of null where items lack a field: readers see the value, and a store that is asked to filter or to order has null. Only
 * {@link dev.korm.Default} is known to both, since it is no code. Said once for each field, by the first item that shows it, or by {@link #probe}.
 */
final class ReplacedNulls {
    private static final Logger LOG = LoggerFactory.getLogger("dev.korm.usage");

    private ReplacedNulls() {}

    /** Returns whether a default could be declared for a type, and is not. */
    static boolean isPossible(Codec codec) {
        return codec instanceof ScalarCodec
                && !(codec instanceof RnCodec)
                && !(codec instanceof FileRefCodec)
                && codec.kind() != ColumnKind.BYTES;
    }

    /**
     * Returns whether nothing more is to be learned of a field that an item lacks.
     *
     * @param made the record that was made of that item
     */
    static boolean settle(RecordCodec record, RecordField field, Object made) {
        if (field.get(made) == null) {
            return false;
        }
        // What it has become may have come from the item's other fields, so it is not shown.
        warn(record, field, Optional.empty());
        return true;
    }

    /** Makes a record of nothing, twice, to see which nulls its constructor replaces. A constructor that wants its values tells nothing. */
    static void probe(RecordCodec record) {
        @Nullable Object[] nothing = nothing(record);
        Object first = made(record, nothing);
        Object second = made(record, nothing);
        if (first == null || second == null) {
            return;
        }
        for (RecordField field : record.fields()) {
            if (nothing[field.index()] == null && record.isUnsettled(field)) {
                Object value = field.get(first);
                if (value != null) {
                    record.settle(field);
                    warn(record, field, value.equals(field.get(second)) ? text(field, value) : Optional.empty());
                }
            }
        }
    }

    private static @Nullable Object[] nothing(RecordCodec record) {
        @Nullable Object[] nothing = new Object[record.fields().size()];
        for (RecordField field : record.fields()) {
            Class<?> type = field.component().type();
            nothing[field.index()] = type.isPrimitive() && !(field.codec() instanceof DefaultCodec)
                    ? Array.get(Array.newInstance(type, 1), 0)
                    : field.codec().ofNull();
        }
        return nothing;
    }

    private static @Nullable Object made(RecordCodec record, @Nullable Object[] components) {
        try {
            return record.construct(components.clone());
        } catch (TypeMismatch | AssertionError wanting) {
            return null;
        }
    }

    /** Returns the text of a default; of times none, since they may have been read from the clock. */
    private static Optional<String> text(RecordField field, Object value) {
        if (value instanceof java.time.temporal.TemporalAccessor) {
            return Optional.empty();
        }
        String text = String.valueOf(Objects.requireNonNull(field.codec().toStored(value)));
        return text.chars().allMatch(each -> each >= ' ' && each != '"' && each != '\\' && each != 127)
                ? Optional.of(text)
                : Optional.empty();
    }

    private static void warn(RecordCodec record, RecordField field, Optional<String> value) {
        LOG.warn(
                "{}.{}: the constructor makes a value of null, which items have that were stored before there was the field; reading shows the"
                        + " value, and filters, orders and aggregates ask for null. Declare it by @Default(\"{}\") {} {} where it is always the same, or"
                        + " declare an Optional",
                record.type().getSimpleName(),
                field.name(),
                value.orElse("…"),
                field.component().type().getSimpleName(),
                field.name());
    }
}
