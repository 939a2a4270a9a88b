package dev.korm.benchmarks.rival;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** A program without korm: each column of a car by its own setter and getter. */
public final class HandWritten {
    static final String COLUMNS =
            "\"rnId\", \"__korm_unique____korm_rev__\", \"make\", \"model\", \"built\", \"price\", \"registered\", \"lot\", \"bucket\"";
    public static final String SELECT = "SELECT " + COLUMNS + " FROM " + World.TABLE;
    public static final String INSERT =
            "INSERT INTO " + World.TABLE + " (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String AS_READ = " WHERE \"rnId\" = ? AND \"__korm_unique____korm_rev__\" = ?";
    public static final String UPDATE =
            "UPDATE " + World.TABLE + " SET \"price\" = ?, \"__korm_unique____korm_rev__\" = ?" + AS_READ;
    public static final String DELETE = "DELETE FROM " + World.TABLE + AS_READ;

    private HandWritten() {}

    public static Row read(ResultSet row) throws SQLException {
        return new Row(
                row.getString(1),
                row.getLong(2),
                new Car(
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5),
                        row.getDouble(6),
                        row.getBoolean(7),
                        row.getLong(8),
                        row.getInt(9)));
    }

    /** Binds a new row and answers it. */
    public static Row bind(PreparedStatement insert, Car car) throws SQLException {
        Row row = new Row(UUID.randomUUID().toString(), 1, car);
        insert.setString(1, row.id());
        insert.setLong(2, row.revision());
        insert.setString(3, car.make());
        insert.setString(4, car.model());
        insert.setInt(5, car.built());
        insert.setDouble(6, car.price());
        insert.setBoolean(7, car.registered());
        insert.setLong(8, car.lot());
        insert.setInt(9, car.bucket());
        return row;
    }

    /** Changes the price of a row that is as it was read, and answers how many there were. */
    public static int update(PreparedStatement update, String id, long revision, double price) throws SQLException {
        update.setDouble(1, price);
        update.setLong(2, revision + 1);
        update.setString(3, id);
        update.setLong(4, revision);
        return update.executeUpdate();
    }

    /** Deletes a row that is as it was read, and answers how many there were. */
    public static int delete(PreparedStatement delete, String id, long revision) throws SQLException {
        delete.setString(1, id);
        delete.setLong(2, revision);
        return delete.executeUpdate();
    }
}
