package dev.korm.benchmarks;

import dev.korm.Item;
import dev.korm.Korm;
import dev.korm.Pool;
import dev.korm.benchmarks.rival.Car;
import dev.korm.benchmarks.rival.HandWritten;
import dev.korm.benchmarks.rival.World;
import dev.korm.jdbc.Sqlite;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Opens a file that is there, and reads an item, in a program that has done nothing before. */
final class StartUp {
    private StartUp() {}

    /**
     * The measured times.
     *
     * @param open milliseconds until the pool or connection was open
     * @param read milliseconds until the first item was read
     */
    record Times(double open, double read) {}

    /** Measures in a program of its own. */
    static Times measure(String who, Path file, String rn) throws IOException, InterruptedException {
        String[] words =
                Program.run(StartUp.class, who, file.toString(), rn).get(0).split(" ", -1);
        return new Times(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
    }

    /** Prints the two times. */
    public static void main(String[] args) throws SQLException {
        Path file = Path.of(args[1]);
        Times times = args[0].equals("korm") ? korm(file, args[2]) : jdbc(file, args[2]);
        System.out.println(times.open() + " " + times.read());
    }

    static Times korm(Path file, String rn) {
        long begin = System.nanoTime();
        try (Pool pool = Korm.pool().layer("main", Sqlite.file(file)).open()) {
            long opened = System.nanoTime();
            Item<Car> car = Korm.item(Car.class, pool).fromRn(rn).get();
            return times(begin, opened, car.data());
        }
    }

    static Times jdbc(Path file, String rn) throws SQLException {
        long begin = System.nanoTime();
        try (Connection connection = World.connect(file)) {
            long opened = System.nanoTime();
            try (PreparedStatement byId = connection.prepareStatement(HandWritten.SELECT + " WHERE \"rnId\" = ?")) {
                byId.setString(1, rn.substring(rn.lastIndexOf(':') + 1));
                try (ResultSet row = byId.executeQuery()) {
                    row.next();
                    return times(begin, opened, HandWritten.read(row).car());
                }
            }
        }
    }

    private static Times times(long begin, long opened, Car car) {
        long read = System.nanoTime();
        if (car.model().isEmpty()) {
            throw new IllegalStateException("The car is gone");
        }
        return new Times((opened - begin) / 1e6, (read - begin) / 1e6);
    }
}
