package dev.korm.benchmarks.task;

import dev.korm.benchmarks.rival.Store;
import dev.korm.benchmarks.rival.World;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the same as {@link ResolveAcross} from the same three engines by hand: four questions, each for the distinct ids that the answer before has named, and maps by id. So the
 * ratio to it is what korm adds, and the ratio of it to the join is what asking three engines costs anybody.
 */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class ResolveByQuestions extends ResolveAcross {
    private static final int ID = 36;

    private final List<Connection> connections = new ArrayList<>();
    private PreparedStatement visits;
    private PreparedStatement hosts;
    private PreparedStatement towns;
    private PreparedStatement countries;
    private Connection countriesIn;

    record HandCountry(String id, long revision, String name, int size) {}

    record HandTown(
            String id,
            long revision,
            String name,
            int size,
            @Nullable HandCountry country) {}

    record HandHost(
            String id,
            long revision,
            String firstName,
            String lastName,
            @Nullable HandTown town) {}

    record Found(
            String id,
            long revision,
            int number,
            String remark,
            @Nullable HandHost host) {}

    /** A row and the id of what it names. */
    private record Half<R>(R row, String named) {}

    @Override
    protected void prepare(World world) throws Exception {
        super.prepare(world);
        String columns = "\"rnId\", \"__korm_unique____korm_rev__\", ";
        visits = connect(Store.POSTGRES, "")
                .prepareStatement(
                        "SELECT " + columns + "\"number\", \"remark\", \"host\" FROM \"__items__visits__plain\"");
        hosts = connect(Store.MARIADB, "")
                .prepareStatement("SELECT " + columns
                        + "\"firstName\", \"lastName\", \"town\" FROM \"__items__hosts__plain\" WHERE \"rnId\" IN ("
                        + String.join(", ", Collections.nCopies(VISITS / 2, "?")) + ")");
        towns = connect(Store.SQLITE, "")
                .prepareStatement("SELECT " + columns + "\"name\", \"size\", \"country\" FROM \"__items__towns__plain\""
                        + " WHERE \"rnId\" IN (SELECT value FROM json_each(?))");
        countriesIn = connect(Store.POSTGRES, "_c");
        countries = countriesIn.prepareStatement(
                "SELECT " + columns + "\"name\", \"size\" FROM \"__items__countries__plain\" WHERE \"rnId\" = ANY (?)");
    }

    private Connection connect(Store store, String suffix) throws SQLException {
        Connection connection = connection(store, suffix);
        connections.add(connection);
        return connection;
    }

    @Override
    public void close() throws Exception {
        for (Connection connection : connections) {
            connection.close();
        }
        super.close();
    }

    private static String id(String rn) {
        return rn.substring(rn.length() - ID);
    }

    @Override
    public List<?> jdbc() throws SQLException {
        List<Half<Found>> all = new ArrayList<>();
        Map<String, @Nullable HandHost> hostsById = new HashMap<>();
        try (ResultSet row = visits.executeQuery()) {
            while (row.next()) {
                String host = id(row.getString(5));
                hostsById.put(host, null);
                all.add(new Half<>(
                        new Found(row.getString(1), row.getLong(2), row.getInt(3), row.getString(4), null), host));
            }
        }
        readHosts(hostsById);
        List<Found> found = new ArrayList<>(all.size());
        for (Half<Found> half : all) {
            Found visit = half.row();
            found.add(new Found(
                    visit.id(), visit.revision(), visit.number(), visit.remark(), hostsById.get(half.named())));
        }
        return found;
    }

    private void readHosts(Map<String, @Nullable HandHost> hostsById) throws SQLException {
        int at = 1;
        for (String id : hostsById.keySet()) {
            hosts.setString(at++, id);
        }
        List<Half<HandHost>> all = new ArrayList<>();
        Map<String, @Nullable HandTown> townsById = new HashMap<>();
        try (ResultSet row = hosts.executeQuery()) {
            while (row.next()) {
                String town = id(row.getString(5));
                townsById.put(town, null);
                all.add(new Half<>(
                        new HandHost(row.getString(1), row.getLong(2), row.getString(3), row.getString(4), null),
                        town));
            }
        }
        readTowns(townsById);
        for (Half<HandHost> half : all) {
            HandHost host = half.row();
            hostsById.put(
                    host.id(),
                    new HandHost(
                            host.id(),
                            host.revision(),
                            host.firstName(),
                            host.lastName(),
                            townsById.get(half.named())));
        }
    }

    private void readTowns(Map<String, @Nullable HandTown> townsById) throws SQLException {
        towns.setString(1, json(townsById.keySet()));
        List<Half<HandTown>> all = new ArrayList<>();
        Map<String, @Nullable HandCountry> countriesById = new HashMap<>();
        try (ResultSet row = towns.executeQuery()) {
            while (row.next()) {
                String country = id(row.getString(5));
                countriesById.put(country, null);
                all.add(new Half<>(
                        new HandTown(row.getString(1), row.getLong(2), row.getString(3), row.getInt(4), null),
                        country));
            }
        }
        readCountries(countriesById);
        for (Half<HandTown> half : all) {
            HandTown town = half.row();
            townsById.put(
                    town.id(),
                    new HandTown(
                            town.id(), town.revision(), town.name(), town.size(), countriesById.get(half.named())));
        }
    }

    private void readCountries(Map<String, @Nullable HandCountry> countriesById) throws SQLException {
        Array ids = countriesIn.createArrayOf("text", countriesById.keySet().toArray());
        countries.setArray(1, ids);
        try (ResultSet row = countries.executeQuery()) {
            while (row.next()) {
                HandCountry country =
                        new HandCountry(row.getString(1), row.getLong(2), row.getString(3), row.getInt(4));
                countriesById.put(country.id(), country);
            }
        }
        ids.free();
    }

    private static String json(Collection<String> ids) {
        return "[\"" + String.join("\",\"", ids) + "\"]";
    }
}
