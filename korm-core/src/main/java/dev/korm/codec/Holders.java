package dev.korm.codec;

import dev.korm.Encrypted;
import dev.korm.Password;
import dev.korm.crypto.Payload;
import java.lang.invoke.MethodHandles;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way to what {@link Encrypted} and {@link Password} hide from programs. */
public abstract class Holders {
    private static volatile @Nullable Holders instance;

    protected Holders() {}

    /** Called once, by the class of the holders. */
    public static void register(Holders holders) {
        instance = holders;
    }

    static Holders get() {
        Holders known = instance;
        if (known == null) {
            try {
                MethodHandles.lookup().ensureInitialized(Encrypted.class);
            } catch (IllegalAccessException closed) {
                throw new IllegalStateException("A public class can be initialized", closed);
            }
            known = Objects.requireNonNull(instance);
        }
        return known;
    }

    /** Creates the sealed form of a payload that belongs to no item. */
    protected static Sealed hold(Payload payload) {
        return Sealed.of(payload, null);
    }

    protected abstract Encrypted<?> encrypted(Secret secret);

    protected abstract Secret secret(Encrypted<?> holder);

    protected abstract Password password(Sealed stored);

    protected abstract Sealed stored(Password holder);
}
