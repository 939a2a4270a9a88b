package dev.korm.testkit;

import static dev.korm.Filter.inList;
import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.DeletePolicy;
import dev.korm.Item;
import dev.korm.Items;
import dev.korm.Korm;
import dev.korm.OnDelete;
import dev.korm.Pool;
import dev.korm.ReferencedException;
import dev.korm.Rn;
import dev.korm.jdbc.Sqlite;
import dev.korm.testkit.memory.MemoryLayer;
import dev.korm.testkit.poor.PoorLayer;
import dev.korm.testkit.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random graphs of references with policies over several layers come out as a plain model of the policies says. */
@NullUnmarked // Tests dereference what they expect to be there.
class RandomPoliciesTest {
    private static final List<String> LAYERS = List.of("lite", "server", "memory");
    private static final List<String> KINDS = List.of("a", "b");

    record Node(
            String name,
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Node> held,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Node> near,
            @OnDelete(DeletePolicy.CASCADE) @Nullable Rn<Node> owner,
            @OnDelete(DeletePolicy.SET_NULL) List<Rn<Node>> friends,
            @OnDelete(DeletePolicy.CASCADE) Map<String, Rn<Node>> parents,
            List<Link> links,
            @Nullable Rn<Node> loose) {}

    record Link(
            @OnDelete(DeletePolicy.RESTRICT) @Nullable Rn<Node> hard,
            @OnDelete(DeletePolicy.SET_NULL) @Nullable Rn<Node> soft) {}

    private record Key(String layer, String kind, String id) {
        static Key of(Rn<?> rn, String home) {
            return new Key(rn.layer().orElse(home), rn.kind(), rn.id().orElseThrow());
        }
    }

    @Test
    void random_deletions_come_out_as_the_policies_say() {
        long seed = Seed.next(RandomPoliciesTest.class);
        for (int world = 0; world < 6; world++) {
            new World(seed + world).run(25);
        }
    }

    @Test
    @Tag("long")
    void many_random_deletions_come_out_as_the_policies_say() {
        long seed = Seed.next(RandomPoliciesTest.class);
        for (int world = 0; world < 100; world++) {
            new World(seed + world).run(40);
        }
    }

    private static final class World {
        private final long seed;
        private final Random random;
        private final Map<Key, Node> expected = new LinkedHashMap<>();
        private Items<Node> nodes;

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run(int steps) {
            try (Pool pool = Korm.pool()
                    .layer("lite", Sqlite.memory())
                    .layer("server", PostgresServer.in(PostgresServer.newSchema()))
                    .layer("memory", random.nextBoolean() ? MemoryLayer.create() : PoorLayer.create())
                    .open()) {
                nodes = Korm.item(Node.class, pool);
                int refused = 0;
                for (int step = 0; step < steps; step++) {
                    while (expected.size() < 30) {
                        create();
                    }
                    refused += delete() ? 0 : 1;
                    assertThat(actual()).as("seed %s step %s", seed, step).isEqualTo(expected);
                }
                assertThat(refused).as("seed %s", seed).isBetween(1, steps - 1);
            }
        }

        private Map<Key, Node> actual() {
            Map<Key, Node> actual = new LinkedHashMap<>();
            for (String layer : LAYERS) {
                for (String kind : KINDS) {
                    nodes.fromQuery(layer, "graph", kind)
                            .get()
                            .forEach(item -> actual.put(Key.of(item.rn(), layer), item.data()));
                }
            }
            return actual;
        }

        private <E> E any(List<E> some) {
            return some.get(random.nextInt(some.size()));
        }

        private void create() {
            String layer = any(LAYERS);
            Node node = new Node(
                    "n" + random.nextInt(8),
                    random.nextInt(6) == 0 ? some(layer) : null,
                    random.nextInt(2) == 0 ? some(layer) : null,
                    random.nextInt(3) == 0 ? some(layer) : null,
                    list(layer, 3),
                    parents(layer),
                    links(layer),
                    random.nextInt(3) == 0 ? some(layer) : null);
            Item<Node> item = nodes.fromData(layer, "graph", any(KINDS), node).create();
            expected.put(Key.of(item.rn(), layer), node);
        }

        private Rn<Node> some(String home) {
            if (expected.isEmpty()) {
                return null;
            }
            Key key = any(new ArrayList<>(expected.keySet()));
            Rn<Node> bare = Rn.<Node>collection("graph", key.kind()).item(key.id());
            Rn<Node> tagged = random.nextInt(5) == 0 ? bare.with("tag", "t" + random.nextInt(3)) : bare;
            Rn<Node> named = key.layer().equals(home) && random.nextBoolean() ? tagged : tagged.from(key.layer());
            return random.nextInt(8) == 0 ? named.with("note", "x") : named;
        }

        private List<Rn<Node>> list(String home, int most) {
            List<Rn<Node>> list = new ArrayList<>();
            for (int i = random.nextInt(most); i > 0; i--) {
                Rn<Node> rn = some(home);
                if (rn != null) {
                    list.add(rn);
                }
            }
            return list;
        }

        private Map<String, Rn<Node>> parents(String home) {
            Map<String, Rn<Node>> parents = new LinkedHashMap<>();
            if (random.nextInt(5) == 0 && !expected.isEmpty()) {
                parents.put("p" + random.nextInt(3), some(home));
            }
            return parents;
        }

        private List<Link> links(String home) {
            List<Link> links = new ArrayList<>();
            for (int i = random.nextInt(2); i > 0; i--) {
                links.add(new Link(random.nextInt(8) == 0 ? some(home) : null, some(home)));
            }
            return links;
        }

        /** Deletes one item, several in a transaction, or what a filter finds; answers whether it was allowed. */
        private boolean delete() {
            Key first = any(new ArrayList<>(expected.keySet()));
            Set<Key> requested = new LinkedHashSet<>(Set.of(first));
            int way = random.nextInt(3);
            if (way == 1) {
                expected.keySet().stream()
                        .filter(key -> key.layer().equals(first.layer()) && random.nextInt(3) == 0)
                        .forEach(requested::add);
            }
            Set<String> names = new HashSet<>(List.of(expected.get(first).name(), "n0"));
            if (way == 2) {
                expected.forEach((key, node) -> {
                    if (key.layer().equals(first.layer())
                            && key.kind().equals(first.kind())
                            && names.contains(node.name())) {
                        requested.add(key);
                    }
                });
            }
            Set<Key> gone = closure(requested);
            boolean allowed = expected.keySet().stream().noneMatch(key -> !gone.contains(key) && holds(key, gone));
            boolean done = true;
            try {
                if (way == 0) {
                    item(first).delete();
                } else if (way == 1) {
                    Korm.tx(requested.stream().map(key -> item(key).deletion()).toList())
                            .persist();
                } else {
                    long deleted = nodes.fromQuery(first.layer(), "graph", first.kind())
                            .where(inList("name", new ArrayList<>(names)))
                            .deleteAll();
                    assertThat(deleted).as("seed %s", seed).isEqualTo(requested.size());
                }
            } catch (ReferencedException refused) {
                done = false;
            }
            assertThat(done).as("seed %s", seed).isEqualTo(allowed);
            if (done) {
                expected.keySet().removeAll(gone);
                expected.replaceAll((key, node) -> without(node, key.layer(), gone));
            }
            return done;
        }

        private Item<Node> item(Key key) {
            return nodes.fromRn(Rn.<Node>collection("graph", key.kind())
                            .item(key.id())
                            .from(key.layer()))
                    .get();
        }

        private Set<Key> closure(Set<Key> requested) {
            Set<Key> gone = new HashSet<>(requested);
            boolean grown = true;
            while (grown) {
                grown = false;
                for (Map.Entry<Key, Node> entry : expected.entrySet()) {
                    String home = entry.getKey().layer();
                    Node node = entry.getValue();
                    if (names(node.owner(), home, gone)
                            || node.parents().values().stream().anyMatch(rn -> names(rn, home, gone))) {
                        grown |= gone.add(entry.getKey());
                    }
                }
            }
            return gone;
        }

        private boolean holds(Key key, Set<Key> gone) {
            Node node = expected.get(key);
            return names(node.held(), key.layer(), gone)
                    || node.links().stream().anyMatch(link -> names(link.hard(), key.layer(), gone));
        }

        private static boolean names(@Nullable Rn<Node> rn, String home, Set<Key> gone) {
            return rn != null && gone.contains(Key.of(rn, home));
        }

        private static Node without(Node node, String home, Set<Key> gone) {
            return new Node(
                    node.name(),
                    node.held(),
                    names(node.near(), home, gone) ? null : node.near(),
                    node.owner(),
                    node.friends().stream().filter(rn -> !names(rn, home, gone)).toList(),
                    node.parents(),
                    node.links().stream()
                            .map(link -> new Link(link.hard(), names(link.soft(), home, gone) ? null : link.soft()))
                            .toList(),
                    node.loose());
        }
    }
}
