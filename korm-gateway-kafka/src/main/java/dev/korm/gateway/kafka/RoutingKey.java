package dev.korm.gateway.kafka;

import dev.korm.gateway.wire.RefusedException;

/**
 * The key of a query on all topics and in the cache: <code>{tenant}_{table}|{hashId}</code>. A tenant has no {@code _}, and neither tenant nor table a {@code |}: otherwise the queries
 * of two tenants could have one key, and each would get the other's rows.
 */
record RoutingKey(String tenant, String table, String hashId) {
    /**
     * Makes the key.
     *
     * @throws RefusedException when it could be that of another tenant, too
     */
    static RoutingKey of(String tenant, String table, String hashId) {
        if (tenant.isEmpty() || tenant.indexOf('_') >= 0 || tenant.indexOf('|') >= 0 || table.indexOf('|') >= 0) {
            throw RefusedException.unsupported(
                    "Over topics a tenant's name has no \"_\" and no \"|\", and a table's no \"|\"");
        }
        return new RoutingKey(tenant, table, hashId);
    }

    /**
     * Reads a key.
     *
     * @throws RefusedException when it is none
     */
    static RoutingKey read(String key) {
        int bar = key.indexOf('|');
        int line = key.indexOf('_');
        if (line < 1 || bar < line) {
            throw RefusedException.bad("A record's key is no routing key");
        }
        return new RoutingKey(key.substring(0, line), key.substring(line + 1, bar), key.substring(bar + 1));
    }

    String text() {
        return tenant + "_" + table + "|" + hashId;
    }
}
