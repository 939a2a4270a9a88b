package dev.korm.codec;

import dev.korm.codec.json.JsonObject;
import dev.korm.codec.json.JsonWriter;
import dev.korm.codec.json.StoredForms;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** JSON that was read and is written again as it was, but for secrets that were sealed anew. */
final class JsonTree {
    private JsonTree() {}

    static void write(@Nullable Object tree, JsonWriter out) {
        if (tree == null) {
            out.nul();
        } else if (tree instanceof JsonObject object) {
            out.beginObject();
            for (int i = 0; i < object.size(); i++) {
                out.key(object.key(i));
                write(object.value(i), out);
            }
            out.endObject();
        } else if (tree instanceof List<?> list) {
            out.beginArray();
            for (Object entry : list) {
                write(entry, out);
            }
            out.endArray();
        } else if (tree instanceof Sealed sealed) {
            sealed.write(out);
        } else if (tree instanceof BigDecimal decimal) {
            out.number(decimal);
        } else {
            StoredForms.toJson(tree, out);
        }
    }
}
