package dev.korm.model.reference;

import dev.korm.FieldPath;
import dev.korm.Rn;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The receiver of changes whose path continues through a reference. */
public interface ReferenceEditor {
    /**
     * Returns the reference with a value set in what it names.
     *
     * @param rest the steps after the reference, at least one
     * @param path the whole path, for messages
     */
    Rn<?> set(Rn<?> reference, List<FieldPath.Step> rest, @Nullable Object value, FieldPath path);

    /** Returns the reference with a change merged into what it names. */
    Rn<?> patch(Rn<?> reference, Map<String, ? extends @Nullable Object> change, FieldPath path);
}
