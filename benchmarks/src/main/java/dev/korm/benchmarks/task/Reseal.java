package dev.korm.benchmarks.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.World;
import dev.korm.codec.StoredSecrets;
import dev.korm.crypto.Payload;
import dev.korm.crypto.Sealer;
import dev.korm.crypto.SecretLocation;
import dev.korm.key.KeyRing;
import dev.korm.spi.query.TableName;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Seals a thousand stored values of 200 bytes, each of another item, with another key, from text to text. The rival only opens and
 * seals as many byte arrays, with one key each: no text, no hex, no key of an item, nothing that the values are bound to.
 */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class Reseal extends Rivals {
    public static final int VALUES = 1000;
    private static final int LENGTH = 200;

    private final String[] stored = new String[VALUES];
    private final SecretLocation[] columns = new SecretLocation[VALUES];
    private final byte[][] sealed = new byte[VALUES][];
    private RawCipher before;
    private RawCipher after;

    /** Opens nothing, since no file is needed. */
    @Override
    @Setup
    public void open() throws Exception {
        Map<String, byte[]> keys = new LinkedHashMap<>();
        keys.put("before", World.KEY);
        Sealer old = new Sealer(KeyRing.of("before", keys), new SecureRandom());
        keys.put("after", new byte[World.KEY.length]);
        Sealer fresh = new Sealer(KeyRing.of("after", keys), new SecureRandom());
        before = new RawCipher(World.KEY);
        after = new RawCipher(new byte[World.KEY.length]);
        TableName table = TableName.items(World.NAMESPACE, World.KIND);
        byte[] plain = ("\"" + "x".repeat(LENGTH - 2) + "\"").getBytes(UTF_8);
        for (int i = 0; i < VALUES; i++) {
            String id = UUID.randomUUID().toString();
            Payload payload = old.seal(plain, old.layer("main").item(table, id).column("vin"));
            stored[i] = "{\"__ENCRYPTED__\":true,\"type\":\"symmetric\",\"value\":\"" + payload.value()
                    + "\",\"dataType\":\"string\",\"iv\":\"" + payload.iv() + "\",\"authTag\":\"" + payload.authTag()
                    + "\",\"v\":3,\"kid\":\"before\"}";
            columns[i] = fresh.layer("main").item(table, id).column("vin");
            sealed[i] = before.seal(plain);
        }
    }

    @Override
    @TearDown
    public void close() {}

    @Override
    protected void prepare(World prepared) {}

    @Override
    @Benchmark
    public Integer korm() {
        int length = 0;
        for (int i = 0; i < VALUES; i++) {
            length += StoredSecrets.renewed(stored[i], columns[i]).text().length();
        }
        return length;
    }

    @Override
    @Benchmark
    public Integer jdbc() throws GeneralSecurityException {
        int length = 0;
        for (int i = 0; i < VALUES; i++) {
            length += after.seal(before.open(sealed[i])).length;
        }
        return length;
    }
}
