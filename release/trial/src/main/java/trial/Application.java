package trial;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** An application over two databases that were there before it; registers a car, shows its health and its meters, and ends. */
@SpringBootApplication
public class Application {
    public static void main(String[] arguments) throws Exception {
        beThereBefore("people.sqlite");
        beThereBefore("garage.sqlite");
        try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, arguments)) {
            Garage garage = context.getBean(Garage.class);
            garage.register("fred", "Citroen", 2014);
            garage.of("fred").forEach(car -> System.out.println(car.data().owner().get().name() + " has a " + car.data().make()));
            garage.note(2, "a Citroen for fred");
            System.out.println("The ledger that was there: " + garage.notes());
            String port = context.getEnvironment().getRequiredProperty("local.server.port");
            for (String page : new String[] {"health", "metrics/korm.statements", "korm"}) {
                System.out.println(page + ": " + get("http://127.0.0.1:" + port + "/actuator/" + page));
            }
        }
        System.out.println("The tables that were there: " + untouched("people.sqlite", 1) + ", " + untouched("garage.sqlite", 2));
    }

    private static void beThereBefore(String file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("create table ledger (number integer primary key, entry text not null)");
            statement.execute("insert into ledger values (1, 'opened')");
        }
    }

    private static String untouched(String file, int entries) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select (select sql from sqlite_schema where name = 'ledger'), count(*) from ledger")) {
            boolean same = rows.getString(1).equalsIgnoreCase("create table ledger (number integer primary key, entry text not null)");
            if (!same || rows.getInt(2) != entries) {
                throw new IllegalStateException(file + ": a table that was there before has changed");
            }
            return file + " made as before, with " + entries + " rows";
        }
    }

    private static String get(String address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(10)).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(address + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }
}
