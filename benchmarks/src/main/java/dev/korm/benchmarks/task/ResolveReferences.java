package dev.korm.benchmarks.task;

import dev.korm.FloatingItem;
import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Rn;
import dev.korm.benchmarks.rival.Rivals;
import dev.korm.benchmarks.rival.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;

/** Reads a hundred items and the hundred that they refer to: two statements. */
@SuppressWarnings("NullAway.Init") // Prepared before anything is asked.
public class ResolveReferences extends Rivals {
    private static final int TRIPS = 100;
    private static final int ID = 36;

    private PreparedStatement trips;
    private PreparedStatement drivers;

    public record HandDriver(String id, long revision, Driver driver) {}

    public record HandTrip(
            String id,
            long revision,
            String destination,
            @Nullable HandDriver driver) {}

    @Override
    protected void prepare(World world) throws SQLException {
        List<FloatingItem<Driver>> people = new ArrayList<>();
        for (int i = 0; i < size / 10; i++) {
            people.add(Korm.item(Driver.class, world.pool())
                    .fromData("people", "driver", new Driver("First " + i, "Last " + i, 1950 + i % 50)));
        }
        List<Item<Driver>> stored = Korm.createAll(people);
        List<FloatingItem<Trip>> journeys = new ArrayList<>();
        for (int i = 0; i < TRIPS; i++) {
            Rn<Driver> driver = stored.get(i * stored.size() / TRIPS).rn();
            journeys.add(Korm.item(Trip.class, world.pool()).fromData("trips", "day", new Trip("Town " + i, driver)));
        }
        Korm.createAll(journeys);
        Connection connection = world.connect();
        trips = connection.prepareStatement(
                "SELECT \"rnId\", \"__korm_unique____korm_rev__\", \"destination\", \"driver\""
                        + " FROM \"__items__trips__day\" LIMIT " + TRIPS);
        drivers = connection.prepareStatement(
                "SELECT \"rnId\", \"__korm_unique____korm_rev__\", \"firstName\", \"lastName\", \"born\""
                        + " FROM \"__items__people__driver\" WHERE \"rnId\" IN (?" + ", ?".repeat(TRIPS - 1) + ")");
    }

    @Override
    @Benchmark
    public List<Item<Trip>> korm() {
        return Korm.item(Trip.class, world().pool())
                .fromQuery("trips", "day")
                .limit(TRIPS)
                .resolvePaths("driver")
                .get();
    }

    @Override
    @Benchmark
    public List<HandTrip> jdbc() throws SQLException {
        List<HandTrip> found = new ArrayList<>();
        List<String> references = new ArrayList<>();
        try (ResultSet row = trips.executeQuery()) {
            while (row.next()) {
                String rn = row.getString(4);
                references.add(rn.substring(rn.length() - ID));
                found.add(new HandTrip(row.getString(1), row.getLong(2), row.getString(3), null));
            }
        }
        Map<String, HandDriver> byId = new HashMap<>();
        for (int i = 0; i < references.size(); i++) {
            drivers.setString(i + 1, references.get(i));
        }
        try (ResultSet row = drivers.executeQuery()) {
            while (row.next()) {
                HandDriver driver = new HandDriver(
                        row.getString(1),
                        row.getLong(2),
                        new Driver(row.getString(3), row.getString(4), row.getInt(5)));
                byId.put(driver.id(), driver);
            }
        }
        List<HandTrip> resolved = new ArrayList<>(found.size());
        for (int i = 0; i < found.size(); i++) {
            HandTrip trip = found.get(i);
            resolved.add(new HandTrip(trip.id(), trip.revision(), trip.destination(), byId.get(references.get(i))));
        }
        return resolved;
    }
}
