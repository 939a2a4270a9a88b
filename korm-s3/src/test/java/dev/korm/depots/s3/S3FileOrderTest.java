package dev.korm.depots.s3;

import dev.korm.spi.depot.DepotSource;
import dev.korm.testkit.contract.file.FileOrderContract;
import java.util.UUID;

class S3FileOrderTest extends FileOrderContract {
    private final String prefix = "order-" + UUID.randomUUID();

    @Override
    protected DepotSource depot() {
        return S3Server.SHARED.depot(prefix);
    }
}
