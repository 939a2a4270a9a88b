package dev.korm.depots.s3;

import dev.korm.Rn;
import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.store.DepotContract;
import java.util.UUID;

class S3DepotTest extends DepotContract {
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

    @Override
    protected void damage(Rn<?> file) {
        S3Server.SHARED.damage(prefix + "/" + file);
    }
}
