package dev.korm.examples.clinic;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.korm.AlreadyExistsException;
import dev.korm.ConflictException;
import dev.korm.DuplicateException;
import dev.korm.Item;
import dev.korm.KormException;
import dev.korm.NotFoundException;
import dev.korm.Rn;
import dev.korm.StoreException;
import dev.korm.jackson.ItemData;
import dev.korm.jackson.KormModule;
import dev.korm.jdbc.Postgres;
import dev.korm.jdbc.Sqlite;
import dev.korm.key.KeyRing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The clinic over HTTP, with JSON, by the server of the JDK.
 *
 * <pre>
 * java -cp … dev.korm.examples.clinic.ClinicServer postgres://app:secret@localhost/clinic
 * </pre>
 */
public final class ClinicServer implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int PORT = 8080;

    private final JsonMapper mapper =
            JsonMapper.builder().addModule(new KormModule()).build();
    private final Clinic clinic;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    /** @param port 0 for any that is free */
    public ClinicServer(Clinic clinic, int port) throws IOException {
        this.clinic = clinic;
        this.server = HttpServer.create(new InetSocketAddress("localhost", port), 0);
        server.setExecutor(threads);
        server.createContext("/patients", answering(this::patients));
        server.createContext("/appointments", answering(this::appointments));
        server.createContext("/letters", answering(this::letters));
        server.start();
    }

    /** Serves until it is stopped; keys are in the file {@code clinic.keys}, as {@code korm keygen} writes them. */
    public static void main(String[] arguments) throws IOException {
        Clinic clinic = Clinic.open(
                Sqlite.file("patients.sqlite"),
                Postgres.url(arguments[0]),
                Path.of("."),
                KeyRing.fromFile(Path.of("clinic.keys")));
        ClinicServer served = new ClinicServer(clinic, PORT);
        Runtime.getRuntime().addShutdownHook(new Thread(served::close));
        System.out.println("Listening on port " + served.port());
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** An answer; its body is JSON, or bytes as they are. */
    private record Answer(int status, @Nullable Object body) {}

    private record NewPatient(String name, String insurance) {}

    /** A patient without what is sealed. */
    private record PatientView(Rn<Patient> rn, String name) {
        static PatientView of(Item<Patient> item) {
            return new PatientView(item.rn(), item.data().name());
        }
    }

    private record Problem(String error) {}

    @FunctionalInterface
    private interface Resource {
        Answer answer(String method, Map<String, String> query, byte[] body);
    }

    private Answer patients(String method, Map<String, String> query, byte[] body) {
        switch (method) {
            case "POST" -> {
                NewPatient given = mapper.readValue(body, NewPatient.class);
                return new Answer(201, PatientView.of(clinic.admit(given.name(), given.insurance())));
            }
            case "GET" -> {
                return clinic.insured(query.getOrDefault("insurance", ""))
                        .map(found -> new Answer(200, PatientView.of(found)))
                        .orElse(new Answer(404, null));
            }
            case "DELETE" -> {
                clinic.discharge(Rn.parse(query.getOrDefault("rn", ""), Patient.class));
                return new Answer(204, null);
            }
            default -> {
                return new Answer(405, null);
            }
        }
    }

    private Answer appointments(String method, Map<String, String> query, byte[] body) {
        switch (method) {
            case "POST" -> {
                return new Answer(201, clinic.arrange(mapper.readValue(body, Appointment.class)));
            }
            case "GET" -> {
                return new Answer(200, clinic.upcoming(query.getOrDefault("patient", ""), Instant.MIN));
            }
            case "PUT" -> {
                ItemData<Appointment> form = mapper.readValue(body, new TypeReference<>() {});
                return new Answer(200, form.changeOf(clinic.appointments()).commit());
            }
            default -> {
                return new Answer(405, null);
            }
        }
    }

    private Answer letters(String method, Map<String, String> query, byte[] body) {
        Rn<Appointment> appointment = Rn.parse(query.getOrDefault("appointment", ""), Appointment.class);
        switch (method) {
            case "PUT" -> {
                return new Answer(200, clinic.write(appointment, body));
            }
            case "GET" -> {
                return clinic.letter(appointment)
                        .map(bytes -> new Answer(200, bytes))
                        .orElse(new Answer(404, null));
            }
            default -> {
                return new Answer(405, null);
            }
        }
    }

    private HttpHandler answering(Resource resource) {
        return exchange -> {
            try (exchange) {
                send(exchange, answer(resource, exchange));
            }
        };
    }

    private static Answer answer(Resource resource, HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        try {
            return resource.answer(
                    exchange.getRequestMethod(), query(exchange.getRequestURI().getRawQuery()), body);
        } catch (NotFoundException missing) {
            return new Answer(404, problem(missing));
        } catch (ConflictException | DuplicateException | AlreadyExistsException others) {
            return new Answer(409, problem(others));
        } catch (StoreException store) {
            return new Answer(503, problem(store));
        } catch (KormException | JacksonException request) {
            return new Answer(400, problem(request));
        }
    }

    private static Problem problem(RuntimeException failure) {
        return new Problem(String.valueOf(failure.getMessage()));
    }

    private void send(HttpExchange exchange, Answer answer) throws IOException {
        if (answer.body() == null) {
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        boolean bytes = answer.body() instanceof byte[];
        byte[] body = bytes ? (byte[]) answer.body() : mapper.writeValueAsBytes(answer.body());
        exchange.getResponseHeaders().set("Content-Type", bytes ? "text/plain" : "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        for (String part : raw == null ? new String[0] : raw.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                query.put(
                        part.substring(0, equals),
                        URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
        clinic.close();
    }
}
