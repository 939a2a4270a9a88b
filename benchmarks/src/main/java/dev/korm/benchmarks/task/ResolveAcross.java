package dev.korm.benchmarks.task;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.Rn;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.Store;
import dev.korm.benchmarks.rival.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Reads ten thousand visits, who was visited, in which town that is, and in which country. By korm they are spread over
 * PostgreSQL, MariaDB and SQLite; by hand they are in one PostgreSQL, and one statement joins them.
 */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class ResolveAcross extends Rivals {
    static final int VISITS = 10_000;

    record Country(String name, int size) {}

    record Town(String name, int size, Rn<Country> country) {}

    record Host(String firstName, String lastName, Rn<Town> town) {}

    record Visit(int number, String remark, Rn<Host> host) {}

    /** A row of the join. */
    record HandVisit(
            String id,
            long revision,
            int number,
            String remark,
            String hostId,
            String firstName,
            String lastName,
            String townId,
            String town,
            int townSize,
            String countryId,
            String country,
            int countrySize) {}

    private final String name = Store.newName();
    private Path folder;
    private Pool spread;
    private Connection connection;
    private PreparedStatement join;

    @Override
    protected void prepare(World world) throws Exception {
        folder = Files.createTempDirectory("korm-benchmark");
        spread = Korm.pool()
                .layer("visits", Store.POSTGRES.layer(folder, name))
                .layer("hosts", Store.MARIADB.layer(folder, name))
                .layer("towns", Store.SQLITE.layer(folder, name))
                .layer("countries", Store.POSTGRES.layer(folder, name + "_c"))
                .home("visits", "visits")
                .home("hosts", "hosts")
                .home("towns", "towns")
                .home("countries", "countries")
                .open();
        fill(spread);
        try (Pool one = Korm.pool()
                .layer("one", Store.POSTGRES.layer(folder, name + "_one"))
                .open()) {
            fill(one);
        }
        connection = Store.POSTGRES.connect(folder, name + "_one");
        join = connection.prepareStatement("""
                SELECT v."rnId", v."__korm_unique____korm_rev__", v."number", v."remark", h."rnId", h."firstName", h."lastName",
                       t."rnId", t."name", t."size", c."rnId", c."name", c."size"
                FROM "__items__visits__plain" v
                LEFT JOIN "__items__hosts__plain" h ON h."rnId" = right(v."host", 36)
                LEFT JOIN "__items__towns__plain" t ON t."rnId" = right(h."town", 36)
                LEFT JOIN "__items__countries__plain" c ON c."rnId" = right(t."country", 36)
                """);
    }

    private static void fill(Pool pool) {
        List<Rn<Country>> countries =
                store(pool, Country.class, "countries", VISITS / 100, i -> new Country("Country " + i, i));
        List<Rn<Town>> towns = store(
                pool,
                Town.class,
                "towns",
                VISITS / 10,
                i -> new Town("Town " + i, i, countries.get(i % countries.size())));
        List<Rn<Host>> hosts = store(
                pool,
                Host.class,
                "hosts",
                VISITS / 2,
                i -> new Host("First " + i, "Last " + i, towns.get(i % towns.size())));
        store(pool, Visit.class, "visits", VISITS, i -> new Visit(i, "Remark " + i, hosts.get(i % hosts.size())));
    }

    private static <T> List<Rn<T>> store(Pool pool, Class<T> type, String namespace, int count, IntFunction<T> data) {
        List<FloatingItem<T>> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(Korm.item(type, pool).fromData(namespace, "plain", data.apply(i)));
        }
        return Korm.createAll(items).stream().map(Item::rn).toList();
    }

    /** Connects to the place of one of the layers. */
    final Connection connection(Store store, String suffix) throws SQLException {
        return store.connect(folder, name + suffix);
    }

    @Override
    public void close() throws Exception {
        connection.close();
        spread.close();
        Store.POSTGRES.drop(name);
        Store.POSTGRES.drop(name + "_c");
        Store.POSTGRES.drop(name + "_one");
        Store.MARIADB.drop(name);
        super.close();
        World.delete(folder);
    }

    @Override
    @Benchmark
    public List<Item<Visit>> korm() {
        return Korm.item(Visit.class, spread)
                .fromQuery("visits", "plain")
                .resolvePaths("host.town.country")
                .get();
    }

    @Override
    @Benchmark
    public List<?> jdbc() throws SQLException {
        List<HandVisit> found = new ArrayList<>();
        try (ResultSet row = join.executeQuery()) {
            while (row.next()) {
                found.add(new HandVisit(
                        row.getString(1),
                        row.getLong(2),
                        row.getInt(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getInt(10),
                        row.getString(11),
                        row.getString(12),
                        row.getInt(13)));
            }
        }
        return found;
    }
}
