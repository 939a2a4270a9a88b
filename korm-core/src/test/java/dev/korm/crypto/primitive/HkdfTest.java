package dev.korm.crypto.primitive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.junit.jupiter.api.Test;

class HkdfTest {
    @Test
    void a_key_of_one_block_is_what_hkdf_expands() throws Exception {
        Random random = new Random(1);
        for (int length = 0; length < 300; length += 7) {
            byte[] key = new byte[32];
            byte[] context = new byte[length];
            random.nextBytes(key);
            random.nextBytes(context);
            HKDFBytesGenerator rival = new HKDFBytesGenerator(new SHA256Digest());
            rival.init(HKDFParameters.skipExtractParameters(key, context));
            byte[] expected = new byte[32];
            rival.generateBytes(expected, 0, 32);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            assertThat(Hkdf.expand(mac, context)).isEqualTo(expected);
        }
    }
}
