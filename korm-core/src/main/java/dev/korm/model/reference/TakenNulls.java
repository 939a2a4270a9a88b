package dev.korm.model.reference;

import dev.korm.DeletePolicy;
import dev.korm.FieldPath;
import dev.korm.ModelException;
import dev.korm.codec.RecordCodec;
import dev.korm.codec.text.TypeMismatch;
import java.util.List;

/**
 * The fields that a deletion sets to null, held against the record's constructor. Its declaration need not say that it refuses null, and an item that nothing can be made of
 * would be found out when it is read, long after the deletion; so each item with such a reference that is stored is made anew without it. What a constructor refuses may
 * depend on the rest, so that an item says nothing about the next one.
 *
 * <p>Safe from many threads.
 */
public final class TakenNulls {
    private final RecordCodec codec;
    private final List<ReferencePolicy> nulling;

    /** @param policies all of the record */
    public TakenNulls(RecordCodec codec, List<ReferencePolicy> policies) {
        this.codec = codec;
        this.nulling = policies.stream().filter(TakenNulls::leavesNull).toList();
    }

    /** Returns whether a field becomes null; an entry of a list or map goes instead. */
    private static boolean leavesNull(ReferencePolicy policy) {
        List<FieldPath.Step> steps = policy.path().steps();
        return policy.policy() == DeletePolicy.SET_NULL && steps.get(steps.size() - 1) instanceof FieldPath.Field;
    }

    /**
     * Requires that the data could do without the references that it has.
     *
     * @throws ModelException when its constructor refuses that; names the field and the way out
     */
    public void require(Object data) {
        for (ReferencePolicy policy : nulling) {
            require(data, policy);
        }
    }

    private void require(Object data, ReferencePolicy policy) {
        try {
            References.along(codec, data, policy.path().steps(), (reference, target, rest) -> null);
        } catch (TypeMismatch refused) {
            throw new ModelException(
                    "@OnDelete cannot be kept for the field " + policy.path() + " of "
                            + codec.type().getSimpleName() + ": SET_NULL would store null in it, and "
                            + refused.reason()
                            + ", so the item could not be read any more. Let the constructor take null there, make the field Optional<Rn<…>>, or choose"
                            + " RESTRICT or CASCADE. Nothing was stored",
                    refused.getCause());
        }
    }
}
