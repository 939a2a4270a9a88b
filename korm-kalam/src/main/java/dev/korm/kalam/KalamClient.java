package dev.korm.kalam;

import static dev.korm.kalam.error.KalamNullException.requireElements;
import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthType;
import dev.korm.kalam.auth.LoginResponse;
import dev.korm.kalam.consumer.Topics;
import dev.korm.kalam.error.KalamDataException;
import dev.korm.kalam.file.FilePart;
import dev.korm.kalam.file.FileRef;
import dev.korm.kalam.file.UploadProgress;
import dev.korm.kalam.http.HttpTransport;
import dev.korm.kalam.http.RequestSettings;
import dev.korm.kalam.http.SqlRequests;
import dev.korm.kalam.live.Live;
import dev.korm.kalam.live.LiveSettings;
import dev.korm.kalam.sql.KalamSql;
import dev.korm.kalam.sql.Names;
import dev.korm.kalam.sql.QueryRequest;
import dev.korm.kalam.sql.QueryResponse;
import dev.korm.kalam.sql.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A client of KalamDB, safe for many threads.
 *
 * <pre>{@code
 * try (KalamClient kalam = KalamClient.builder()
 *         .url("http://localhost:8080")
 *         .auth(Auth.basic("alice", password))
 *         .build()) {
 *     kalam.insert("app.notes", Map.of("id", "n1", "body", "Hello"));
 *     List<Note> notes = kalam.queryAll(Note.class, "SELECT id, body FROM app.notes WHERE body LIKE $1", "H%");
 * }
 * }</pre>
 *
 * <p>The server cuts what is longer than 50 rows without LIMIT, or than 1,000, and does not say so: {@link #pages} reads everything. A write is sent once;
 * when its answer is lost, the error says that it may have happened.
 */
public final class KalamClient implements KalamSql, AutoCloseable {
    private final HttpTransport transport;
    private final SqlRequests sql;
    private final RequestSettings settings;
    private final ExecutorService executor;
    private final Live live;
    private final Topics topics;
    private final boolean ownsExecutor;

    KalamClient(OkHttpClient http, RequestSettings settings, LiveSettings liveSettings, boolean ownsExecutor) {
        this.transport = new HttpTransport(http, settings);
        this.sql = new SqlRequests(transport);
        this.settings = settings;
        this.executor = liveSettings.executor();
        this.live = new Live(transport, this, liveSettings);
        this.topics = new Topics(transport, this);
        this.ownsExecutor = ownsExecutor;
    }

    /** Returns the settings of a client that is to be made. */
    public static KalamClientBuilder builder() {
        return new KalamClientBuilder();
    }

    /** Returns the server's address. */
    public URI url() {
        return settings.server();
    }

    @Override
    public QueryResponse query(QueryRequest request) {
        requireNonNull(request, "request");
        return sql.query(request);
    }

    /** Executes a request on another thread. */
    public CompletableFuture<QueryResponse> queryAsync(QueryRequest request) {
        requireNonNull(request, "request");
        return CompletableFuture.supplyAsync(() -> query(request), executor);
    }

    /** Executes a statement on another thread. */
    public CompletableFuture<QueryResponse> queryAsync(String statement, @Nullable Object... parameters) {
        requireNonNull(statement, "statement");
        requireNonNull(parameters, "parameters");
        return queryAsync(QueryRequest.of(statement, parameters));
    }

    @Override
    public KalamSql asUser(String user) {
        requireNonNull(user, "user");
        Names.user(user);
        return new StandIn(this, user);
    }

    /** Executes a statement that names files as {@code FILE("placeholder")}; its table is written {@code namespace.table}. */
    public QueryResponse queryWithFiles(String statement, List<FilePart> files, @Nullable Object... parameters) {
        requireNonNull(statement, "statement");
        requireElements(files, "files");
        requireNonNull(parameters, "parameters");
        return queryWithFiles(QueryRequest.of(statement, parameters), files, progress -> {});
    }

    /** Executes a request that names files, and tells how far the files are, in the thread that sends them. */
    public QueryResponse queryWithFiles(QueryRequest request, List<FilePart> files, Consumer<UploadProgress> progress) {
        requireNonNull(request, "request");
        requireElements(files, "files");
        requireNonNull(progress, "progress");
        return sql.queryWithFiles(request, files, progress);
    }

    /** Returns the bytes of the file of a row of a table. */
    public byte[] download(FileRef file, String table) {
        requireNonNull(file, "file");
        requireNonNull(table, "table");
        return transport.download(file.downloadUri(url(), Names.qualified(table)));
    }

    /** Returns the bytes of the file of a row of a USER table that belongs to another user. */
    public byte[] download(FileRef file, String table, String user) {
        requireNonNull(file, "file");
        requireNonNull(table, "table");
        requireNonNull(user, "user");
        URI address = file.downloadUri(url(), Names.qualified(table));
        return transport.download(URI.create(
                address + "?user_id=" + java.net.URLEncoder.encode(Names.user(user), StandardCharsets.UTF_8)));
    }

    /** Copies the file of a row of a table, of whatever size; returns its bytes' number. */
    public long download(FileRef file, String table, OutputStream target) throws IOException {
        requireNonNull(file, "file");
        requireNonNull(table, "table");
        requireNonNull(target, "target");
        return transport.download(file.downloadUri(url(), Names.qualified(table)), target);
    }

    /** Returns the reference that a row holds; nothing for NULL. */
    public Optional<FileRef> file(Row row, String column) {
        requireNonNull(row, "row");
        requireNonNull(column, "column");
        return FileRef.parse(row.json(column));
    }

    /** Returns the address of the file of a row that was asked for with its table. */
    public Optional<URI> fileUri(Row row, String column) {
        requireNonNull(row, "row");
        requireNonNull(column, "column");
        String table = row.table()
                .orElseThrow(() ->
                        new KalamDataException("The row does not know its table: say QueryRequest.table(…)", null));
        return file(row, column).map(reference -> reference.downloadUri(url(), table));
    }

    /** Returns what is live: subscriptions, and lists of rows that stay right. The first of them opens a WebSocket. */
    public Live live() {
        return live;
    }

    /** Returns the topics, for a user of the role service, dba or system. */
    public Topics topics() {
        return topics;
    }

    /** Logs in by the name and password that the client was given. */
    public LoginResponse login() {
        Auth given = settings.initial();
        if (given.type() != AuthType.BASIC) {
            throw new IllegalStateException("login() needs the client to have Auth.basic");
        }
        return transport.login(given);
    }

    /** Exchanges a refresh token for a new pair; the client goes on with the new token. */
    public LoginResponse refreshToken(String refreshToken) {
        requireNonNull(refreshToken, "refreshToken");
        return transport.refresh(refreshToken);
    }

    /** Returns the kind of the credentials of now: a name and password become a token with the first request. */
    public AuthType authType() {
        return transport.authType();
    }

    /** Returns the user as whom the client is logged in. */
    public String currentUser() {
        return transport
                .get("The question for the user", "/v1/api/auth/me")
                .path("user")
                .path("id")
                .asString("");
    }

    /** Returns what the server says about its health; nothing where it says so to its own machine alone. */
    public Optional<Health> health() {
        JsonNode json = transport.health();
        return json == null
                ? Optional.empty()
                : Optional.of(new Health(
                        json.path("status").asString(""),
                        json.path("version").asString(""),
                        json.path("api_version").asString("")));
    }

    @Override
    public void close() {
        live.close();
        transport.close();
        if (ownsExecutor) {
            executor.shutdown();
        }
    }

    @Override
    public String toString() {
        return "KalamClient[" + url() + ", " + authType() + "]";
    }
}
