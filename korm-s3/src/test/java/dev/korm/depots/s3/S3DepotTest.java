package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.depot.CorruptFileException;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.store.DepotContract;
import java.util.UUID;

class S3DepotTest extends DepotContract {
    private static final int READS = 5;

    private final String prefix = "contract-" + UUID.randomUUID();

    @Override
    protected DepotSource source() {
        return S3Server.SHARED.depot(prefix);
    }

    /** The server of the tests keeps an object in a file that is named by the whole key. */
    @Override
    protected int longestName() {
        return 60;
    }

    /**
     * Reads again what the depot refuses: the server of the tests at times answers the bytes of one object with the attributes of another that is stored
     * at the same moment. A store that does so for long fails.
     */
    @Override
    protected byte[] readWhileOthersWrite(Rn<?> file) {
        for (int attempt = 1; ; attempt++) {
            try {
                return bytes(file);
            } catch (CorruptFileException torn) {
                if (attempt == READS) {
                    throw torn;
                }
            }
        }
    }

    @Override
    protected void damage(Rn<?> file) {
        S3Server.SHARED.damage(prefix + "/" + file);
    }
}
