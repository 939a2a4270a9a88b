package dev.korm.kalam.http;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthType;
import dev.korm.kalam.auth.LoginResponse;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamProtocolException;
import dev.korm.kalam.error.KalamTimeoutException;
import dev.korm.kalam.settings.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests with their answers: authorised, limited in time and size, repeated only where nothing can happen twice. Safe for many threads. A thread that waits
 * here can be interrupted.
 */
public final class HttpTransport implements AutoCloseable {
    /** The server refuses more, whatever limit of bodies it is set to. */
    private static final int MAX_JSON = 2 << 20;

    private static final MediaType JSON = MediaType.get("application/json");
    private static final byte[] EMPTY = {};

    private final OkHttpClient http;
    private final RequestSettings settings;
    private final Credentials credentials;
    private final InterruptWatch interrupts = new InterruptWatch();
    private volatile boolean isClosed;

    /** Makes the transport of a client; its OkHttp client is closed with it. */
    public HttpTransport(OkHttpClient http, RequestSettings settings) {
        this.http = http;
        this.settings = settings;
        this.credentials = new Credentials(
                settings,
                new Credentials.Exchange() {
                    @Override
                    public LoginResponse login(Auth basic) {
                        return HttpTransport.this.loginAs(basic);
                    }

                    @Override
                    public LoginResponse refresh(String refreshToken) {
                        return HttpTransport.this.refreshed(refreshToken);
                    }
                },
                Clock.systemUTC());
    }

    /** Returns the client of OkHttp. */
    public OkHttpClient http() {
        return http;
    }

    /** Returns the settings. */
    public RequestSettings settings() {
        return settings;
    }

    /** Returns the kind of the credentials of now. */
    public AuthType authType() {
        return credentials.type();
    }

    /** Returns credentials that can be sent, which may mean to log in. */
    public Auth usableAuth() {
        requireOpen();
        return credentials.usable();
    }

    /** Returns credentials other than those that were refused. */
    public Auth authReplacing(Auth refused) {
        requireOpen();
        return credentials.replacing(refused);
    }

    /** Returns credentials for a WebSocket, for which the provider is asked; other than those that were refused, if some were. */
    public Auth authForWebSocket(@Nullable Auth refused) {
        requireOpen();
        return credentials.connecting(refused);
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("The client is closed");
        }
    }

    /** Logs in by a user's name and password. */
    public LoginResponse login(Auth basic) {
        LoginResponse response = loginAs(basic);
        credentials.set(response);
        return response;
    }

    /** Exchanges a refresh token for a new pair. */
    public LoginResponse refresh(String refreshToken) {
        LoginResponse response = refreshed(refreshToken);
        credentials.set(response);
        return response;
    }

    private LoginResponse loginAs(Auth basic) {
        byte[] body = JsonMapper.shared()
                .writeValueAsBytes(Map.of("user", String.valueOf(basic.user()), "password", basic.secret()));
        return response(plain(
                "The login",
                request("/v1/api/auth/login")
                        .post(RequestBody.create(body, JSON))
                        .build()));
    }

    private LoginResponse refreshed(String refreshToken) {
        return response(plain(
                "The refresh of a token",
                request("/v1/api/auth/refresh")
                        .header("Authorization", Auth.jwt(refreshToken).authorizationHeader())
                        .post(RequestBody.create(EMPTY, null))
                        .build()));
    }

    private static LoginResponse response(JsonNode json) {
        String token = json.path("access_token").asString("");
        if (token.isEmpty()) {
            throw new KalamProtocolException("The answer to a login has no token", false, null);
        }
        JsonNode refresh = json.path("refresh_token");
        return new LoginResponse(
                json.path("user").path("id").asString(""),
                json.path("user").path("role").asString(""),
                token,
                time(json.path("expires_at")),
                refresh.isString() ? refresh.stringValue() : null,
                time(json.path("refresh_expires_at")));
    }

    private static @Nullable Instant time(JsonNode json) {
        try {
            return json.isString() ? OffsetDateTime.parse(json.stringValue()).toInstant() : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private Request.Builder request(String path) {
        return new Request.Builder().url(settings.server() + path);
    }

    /** Returns the answer to a request without credentials, or with those that it has. */
    private JsonNode plain(String attempt, Request request) {
        return tree(
                attempt,
                execute(
                        attempt,
                        request,
                        settings.timeouts().request(),
                        true,
                        settings.limits().answer()),
                true);
    }

    /** Returns what the server says about its health, or null where it says so to nobody but its own machine. */
    public @Nullable JsonNode health() {
        requireOpen();
        try {
            return plain("The question for health", request("/health").get().build());
        } catch (KalamHttpException e) {
            if (e.status() == 403 || e.status() == 404) {
                return null;
            }
            throw e;
        }
    }

    /** Returns the answer to a GET with credentials. */
    public JsonNode get(String attempt, String path) {
        return tree(
                attempt,
                authorised(
                        attempt,
                        request(path).get(),
                        settings.timeouts().request(),
                        true,
                        settings.limits().answer()),
                true);
    }

    /** Returns the answer to a POST of JSON with credentials. */
    public JsonNode post(String attempt, String path, Object json, boolean isRead, @Nullable Duration timeout) {
        byte[] body = JsonMapper.shared().writeValueAsBytes(json);
        if (body.length > MAX_JSON) {
            throw new IllegalArgumentException(attempt + " has " + body.length
                    + " bytes as JSON, and the server takes at most " + MAX_JSON
                    + ": send less in one request, and large contents as files");
        }
        byte[] answer = authorised(
                attempt,
                request(path).post(RequestBody.create(body, JSON)),
                timeout == null ? settings.timeouts().request() : timeout,
                isRead,
                settings.limits().answer());
        return tree(attempt, answer, isRead);
    }

    /** Returns the answer to a POST of a body, which is written again where a token had expired. */
    public JsonNode upload(String attempt, String path, RequestBody body) {
        return tree(
                attempt,
                authorised(
                        attempt,
                        request(path).post(body),
                        settings.timeouts().upload(),
                        false,
                        settings.limits().answer()),
                false);
    }

    /** Returns the bytes of a file. */
    public byte[] download(URI address) {
        return authorised(
                "A download",
                new Request.Builder().url(requireOwn(address)).get(),
                settings.timeouts().upload(),
                true,
                settings.limits().download());
    }

    /** Copies a file, of whatever size, and returns its bytes' number. */
    public long download(URI address, OutputStream target) throws IOException {
        Auth auth = usableAuth();
        Response response = open(address, auth);
        if (response.code() == 401) {
            response.close();
            response = open(address, authReplacing(auth));
        }
        try (Response open = response) {
            if (!open.isSuccessful()) {
                byte[] body = limited(
                        "A download", open.body().source(), settings.limits().answer(), true);
                throw Failures.ofAnswer("A download", open.code(), body, open.header("Retry-After"));
            }
            try (InputStream content = open.body().byteStream()) {
                return content.transferTo(target);
            }
        }
    }

    private Response open(URI address, Auth auth) throws IOException {
        Call call = http.newCall(
                authorise(new Request.Builder().url(requireOwn(address)).get(), auth)
                        .build());
        call.timeout().timeout(settings.timeouts().upload().toMillis(), TimeUnit.MILLISECONDS);
        return call.execute();
    }

    /** Returns the address, if it is this server's: a token goes nowhere else. */
    private String requireOwn(URI address) {
        if (!address.toString().startsWith(settings.server() + "/")) {
            throw new IllegalArgumentException("The address of a file is not the server's");
        }
        return address.toString();
    }

    private static Request.Builder authorise(Request.Builder request, Auth auth) {
        return auth.type() == AuthType.API_KEY
                ? request.header("X-API-KEY", auth.secret())
                : request.header("Authorization", auth.authorizationHeader());
    }

    private byte[] authorised(String attempt, Request.Builder request, Duration timeout, boolean isRead, int limit) {
        Auth auth = usableAuth();
        RetryPolicy policy = isRead ? settings.reads() : RetryPolicy.none();
        boolean isReplaced = false;
        int failures = 0;
        while (true) {
            try {
                return execute(attempt, authorise(request, auth).build(), timeout, isRead, limit);
            } catch (KalamAuthException e) {
                if (isReplaced || !(e.code().equals("TOKEN_EXPIRED") || e.code().equals("UNAUTHENTICATED"))) {
                    throw e;
                }
                isReplaced = true;
                auth = authReplacing(auth);
            } catch (KalamConnectionException e) {
                failures++;
                boolean isHopeless = Thread.currentThread().isInterrupted() || e instanceof KalamTimeoutException;
                if (isHopeless || !isRead || !policy.allowsAfter(failures)) {
                    throw e;
                }
                pause(attempt, policy.waitAfter(failures));
            }
        }
    }

    private static void pause(String attempt, Duration wait) {
        try {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KalamTimeoutException(attempt + " was interrupted", false, e);
        }
    }

    private byte[] execute(String attempt, Request request, Duration timeout, boolean isRead, int limit) {
        requireOpen();
        Call call = http.newCall(request);
        call.timeout().timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
        interrupts.begin(call);
        try (Response response = call.execute()) {
            byte[] body = limited(attempt, response.body().source(), limit, isRead);
            if (!response.isSuccessful()) {
                throw Failures.ofAnswer(attempt, response.code(), body, response.header("Retry-After"));
            }
            return body;
        } catch (IOException e) {
            throw Failures.ofConnection(
                    attempt, e, isRead, Thread.currentThread().isInterrupted());
        } finally {
            interrupts.end(call);
        }
    }

    private static byte[] limited(String attempt, BufferedSource source, int limit, boolean isRead) throws IOException {
        if (source.request(limit + 1L)) {
            throw new KalamProtocolException(
                    attempt + " has an answer of more than " + limit + " bytes, the client's limit", !isRead, null);
        }
        return source.readByteArray();
    }

    private static JsonNode tree(String attempt, byte[] body, boolean isRead) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            // Not as a cause: its text holds a piece of the answer.
            throw new KalamProtocolException(attempt + " has an answer that is no JSON", !isRead, null);
        }
        if (json == null || !json.isObject()) {
            throw new KalamProtocolException(attempt + " has an answer that is no JSON object", !isRead, null);
        }
        if (json.path("status").asString("").equals("error")) {
            throw Failures.ofAnswer(attempt, 200, body, null);
        }
        return json;
    }

    @Override
    public void close() {
        isClosed = true;
        interrupts.close();
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
