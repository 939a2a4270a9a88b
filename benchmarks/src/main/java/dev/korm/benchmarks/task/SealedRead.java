package dev.korm.benchmarks.task;

import static dev.korm.Filter.eq;

import dev.korm.Encrypted;
import dev.korm.FloatingItem;
import dev.korm.Indexed;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.World;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Reads the ten items that an index finds, and reveals a secret of each. The rival reads ten items by korm too, whose field is a
 * text, and opens it by a call of the cipher.
 */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class SealedRead extends Rivals {
    private static final int STRIDE = 7919;
    private static final int MOST = 10_000;
    private static final String KIND_SEALED = "sealed";
    private static final String KIND_BY_HAND = "byhand";

    /** A car with a secret. */
    public record Sealed(String make, int built, @Indexed long lot, Encrypted<String> vin) {}

    /** A car with a text that the program has sealed itself. */
    public record ByHand(String make, int built, @Indexed long lot, String vin) {}

    private RawCipher cipher;
    private int lots;
    private long next;

    public static String vin(int number) {
        return "VF7NCD5FS9A" + (100_000 + number);
    }

    @Override
    protected void prepare(World world) throws GeneralSecurityException {
        cipher = new RawCipher(World.KEY);
        int cars = Math.min(size, MOST);
        lots = cars / 10;
        List<FloatingItem<Sealed>> sealed = new ArrayList<>();
        List<FloatingItem<ByHand>> byHand = new ArrayList<>();
        for (int i = 0; i < cars; i++) {
            sealed.add(Korm.item(Sealed.class, world.pool())
                    .fromData(World.NAMESPACE, KIND_SEALED, new Sealed("Citroen", 2014, i / 10, Encrypted.of(vin(i)))));
            byHand.add(Korm.item(ByHand.class, world.pool())
                    .fromData(World.NAMESPACE, KIND_BY_HAND, new ByHand("Citroen", 2014, i / 10, cipher.seal(vin(i)))));
        }
        Korm.createAll(sealed);
        Korm.createAll(byHand);
    }

    private long next() {
        next = (next + STRIDE) % lots;
        return next;
    }

    @Override
    @Benchmark
    public List<String> korm() {
        List<String> found = new ArrayList<>();
        for (Item<Sealed> item : Korm.item(Sealed.class, world().pool())
                .fromQuery(World.NAMESPACE, KIND_SEALED)
                .where(eq(Sealed::lot, next()))
                .get()) {
            found.add(item.data().vin().reveal());
        }
        return found;
    }

    @Override
    @Benchmark
    public List<String> jdbc() throws GeneralSecurityException {
        List<String> found = new ArrayList<>();
        for (Item<ByHand> item : Korm.item(ByHand.class, world().pool())
                .fromQuery(World.NAMESPACE, KIND_BY_HAND)
                .where(eq(ByHand::lot, next()))
                .get()) {
            found.add(cipher.open(item.data().vin()));
        }
        return found;
    }
}
