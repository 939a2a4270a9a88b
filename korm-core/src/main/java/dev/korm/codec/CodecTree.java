package dev.korm.codec;

import dev.korm.codec.base.Codec;
import dev.korm.codec.base.ListCodec;
import dev.korm.codec.base.WrapperCodec;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** The codecs that a codec is made of. */
public final class CodecTree {
    private CodecTree() {}

    /** Returns whether there is one of a sort among them, or the codec itself is. */
    public static boolean any(Codec codec, Predicate<Codec> sort) {
        return any(codec, sort, new HashSet<>());
    }

    private static boolean any(Codec codec, Predicate<Codec> sort, Set<Codec> seen) {
        if (sort.test(codec)) {
            return true;
        }
        if (!seen.add(codec)) {
            return false;
        }
        if (codec instanceof WrapperCodec wrapper) {
            return any(wrapper.inner(), sort, seen);
        }
        if (codec instanceof ListCodec list) {
            return any(list.element(), sort, seen);
        }
        if (codec instanceof MapCodec map) {
            return any(map.value(), sort, seen);
        }
        if (codec instanceof SealedCodec records) {
            return records.records().stream().anyMatch(record -> any(record, sort, seen));
        }
        return codec instanceof RecordCodec record
                && record.fields().stream().anyMatch(field -> any(field.codec(), sort, seen));
    }
}
