package dev.korm.gateway.server;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections that are open, by their tenants. Safe for many threads. */
final class Connections {
    private final Map<String, Set<Connection>> byTenant = new ConcurrentHashMap<>();

    void add(Connection connection) {
        byTenant.compute(connection.identity().tenant(), (tenant, present) -> {
            Set<Connection> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(connection);
            return all;
        });
    }

    boolean remove(Connection connection) {
        boolean[] removed = new boolean[1];
        byTenant.computeIfPresent(connection.identity().tenant(), (tenant, present) -> {
            removed[0] = present.remove(connection);
            return present.isEmpty() ? null : present;
        });
        return removed[0];
    }

    /** Returns those of one tenant. */
    Collection<Connection> of(String tenant) {
        Set<Connection> all = byTenant.get(tenant);
        return all == null ? Set.of() : all;
    }

    /** Returns how many are open. */
    int size() {
        int size = 0;
        for (Set<Connection> each : byTenant.values()) {
            size += each.size();
        }
        return size;
    }

    /** Returns all of them. */
    Collection<Connection> all() {
        return byTenant.values().stream().flatMap(Set::stream).toList();
    }
}
