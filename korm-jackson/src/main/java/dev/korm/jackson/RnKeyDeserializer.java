package dev.korm.jackson;

import dev.korm.Rn;
import dev.korm.RnException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;

/** Reads a reference that is the key of a map. */
final class RnKeyDeserializer extends KeyDeserializer {
    @Override
    public Object deserializeKey(String key, DeserializationContext context) {
        try {
            return Rn.parse(key);
        } catch (RnException malformed) {
            return context.reportInputMismatch(Rn.class, "%s", malformed.getMessage());
        }
    }
}
