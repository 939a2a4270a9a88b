package dev.korm;

import dev.korm.codec.Holders;
import dev.korm.codec.Sealed;
import dev.korm.codec.Secret;
import dev.korm.crypto.Payload;

/** Lets korm itself see what the holders of secrets hide. */
final class HeldSecrets extends Holders {
    private HeldSecrets() {}

    static void register() {
        Holders.register(new HeldSecrets());
    }

    /** Returns the sealed form of a hash. */
    static Sealed sealed(Payload payload) {
        return hold(payload);
    }

    @Override
    protected Encrypted<?> encrypted(Secret secret) {
        return new Encrypted<>(secret);
    }

    @Override
    protected Secret secret(Encrypted<?> holder) {
        return holder.secret();
    }

    @Override
    protected Password password(Sealed stored) {
        return new Password(stored);
    }

    @Override
    protected Sealed stored(Password holder) {
        return holder.stored();
    }
}
