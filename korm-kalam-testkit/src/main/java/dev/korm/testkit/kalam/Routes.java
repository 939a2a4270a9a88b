package dev.korm.testkit.kalam;

import dev.korm.testkit.kalam.data.Accounts;
import dev.korm.testkit.kalam.data.Caller;
import dev.korm.testkit.kalam.data.FileStore;
import dev.korm.testkit.kalam.data.Selects;
import dev.korm.testkit.kalam.data.SqlFailure;
import dev.korm.testkit.kalam.data.SqlResult;
import dev.korm.testkit.kalam.data.SqlRunner;
import dev.korm.testkit.kalam.data.TableDef;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The routes of HTTP. */
final class Routes extends Handler.Abstract {
    @SuppressWarnings("ArrayRecordComponent")
    private record Answer(int status, byte[] body, String type) {
        static Answer json(int status, Object body) {
            return new Answer(status, JsonMapper.shared().writeValueAsBytes(body), "application/json");
        }
    }

    /** The real server's limit of JSON, which nothing sets; files are sent otherwise. */
    private static final int MAX_JSON = 2 << 20;

    private final KalamServer server;

    Routes(KalamServer server) {
        this.server = server;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        long length = request.getLength();
        if (length > server.maxBody()) {
            write(
                    response,
                    callback,
                    Answer.json(
                            413,
                            Map.of("error", "BODY_TOO_LARGE", "size_bytes", length, "max_bytes", server.maxBody())));
            return true;
        }
        boolean isData =
                path.startsWith("/v1/api/sql") || path.startsWith("/v1/api/topics/") || path.startsWith("/v1/files/");
        Faults.Answer fault = isData ? server.faults().next() : null;
        if (fault instanceof Faults.Status instead) {
            Content.Source.asInputStream(request).readAllBytes();
            if (instead.header() != null) {
                response.getHeaders().put(instead.header(), instead.value());
            }
            write(
                    response,
                    callback,
                    new Answer(instead.status(), instead.body().getBytes(StandardCharsets.UTF_8), "application/json"));
            return true;
        }
        Answer answer;
        boolean isBroken = false;
        try {
            answer = route(request, path);
        } catch (Selects.BrokenAnswer e) {
            answer = Answer.json(200, Map.of("status", "success", "results", List.of()));
            isBroken = true;
        }
        if (fault instanceof Faults.Late late) {
            server.faults().await(late);
        }
        if (fault instanceof Faults.Aborted) {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            callback.failed(new IOException("The answer is lost"));
        } else if (isBroken || fault instanceof Faults.Broken) {
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
            response.write(
                    false,
                    ByteBuffer.wrap(answer.body(), 0, answer.body().length / 2),
                    Callback.from(
                            () -> request.getConnectionMetaData()
                                    .getConnection()
                                    .getEndPoint()
                                    .close(),
                            failure -> {}));
            callback.failed(new IOException("The answer breaks off"));
        } else {
            write(response, callback, answer);
        }
        return true;
    }

    private static void write(Response response, Callback callback, Answer answer) {
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.type());
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }

    private Answer route(Request request, String path) throws IOException {
        boolean isPost = request.getMethod().equals("POST");
        try {
            if (path.equals("/health") || path.equals("/v1/api/healthcheck")) {
                return Answer.json(
                        200,
                        Map.of(
                                "status",
                                "healthy",
                                "version",
                                server.version(),
                                "api_version",
                                "v1",
                                "build_date",
                                "2026-01-01"));
            }
            if (path.startsWith("/v1/api/auth/")) {
                return auth(request, path.substring("/v1/api/auth/".length()));
            }
            if (path.equals("/v1/api/sql") && isPost) {
                server.countRequest();
                return sql(request, caller(request));
            }
            if (path.startsWith("/v1/api/topics/") && isPost) {
                return topic(path.substring("/v1/api/topics/".length()), body(request), caller(request));
            }
            if (path.startsWith("/v1/files/")) {
                return file(request, path, caller(request));
            }
            return new Answer(404, new byte[0], "text/plain");
        } catch (Accounts.Refused e) {
            return path.startsWith("/v1/api/auth/")
                    ? Answer.json(
                            e.status(),
                            Map.of(
                                    "error",
                                    e.kind().equals("TOKEN_EXPIRED") || e.kind().equals("INVALID_CREDENTIALS")
                                            ? "unauthorized"
                                            : e.kind(),
                                    "message",
                                    String.valueOf(e.getMessage())))
                    : failed(e.status(), e.kind(), String.valueOf(e.getMessage()), null, 0);
        } catch (JacksonException e) {
            return path.equals("/v1/api/sql")
                    ? failed(400, "INVALID_INPUT", "Invalid JSON body", null, 0)
                    : new Answer(400, "Json deserialize error".getBytes(StandardCharsets.UTF_8), "text/plain");
        }
    }

    private static @Nullable String bearer(Request request) {
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return header != null && header.startsWith("Bearer ") ? header.substring(7) : null;
    }

    private Caller caller(Request request) throws Accounts.Refused {
        String token = bearer(request);
        if (token == null && server.letsLoopbackIn() && isOfThisMachine(request)) {
            return server.accounts().callerNamed("root");
        }
        if (token == null) {
            throw new Accounts.Refused(401, "MISSING_AUTHORIZATION", "Authorization header is required");
        }
        return server.accounts().caller(token);
    }

    private static boolean isOfThisMachine(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null
                && peer.getAddress().isLoopbackAddress();
    }

    private JsonNode body(Request request) throws IOException {
        try (InputStream content = Content.Source.asInputStream(request)) {
            return JsonMapper.shared().readTree(content.readNBytes((int) server.maxBody()));
        }
    }

    private Answer auth(Request request, String action) throws IOException, Accounts.Refused {
        switch (action) {
            case "login" -> {
                JsonNode body = body(request);
                String user = body.path("user").asString(body.path("username").asString(""));
                boolean isKnown = body.isObject()
                        && body.propertyNames().stream().allMatch(List.of("user", "username", "password")::contains);
                if (!isKnown || user.length() > 128 || !body.path("password").isString()) {
                    return new Answer(400, "Json deserialize error".getBytes(StandardCharsets.UTF_8), "text/plain");
                }
                return Answer.json(
                        200, server.accounts().login(user, body.path("password").asString()));
            }
            case "refresh" -> {
                return Answer.json(200, server.accounts().refresh(bearer(request)));
            }
            case "me" -> {
                Caller caller = caller(request);
                return Answer.json(
                        200, Map.of("user", server.accounts().me(caller.user()), "admin_ui_access", caller.isAdmin()));
            }
            case "logout" -> {
                return Answer.json(200, Map.of("message", "Logged out successfully"));
            }
            case "status" -> {
                return Answer.json(200, Map.of("needs_setup", server.accounts().needsSetup(), "message", ""));
            }
            case "setup" -> {
                return setup(body(request));
            }
            default -> {
                return new Answer(404, new byte[0], "text/plain");
            }
        }
    }

    private Answer setup(JsonNode body) throws Accounts.Refused {
        if (!server.accounts().needsSetup()) {
            throw new Accounts.Refused(409, "already_configured", "The server is set up");
        }
        String user = body.path("user").asString(body.path("username").asString(""));
        String password = body.path("password").asString("");
        if (password.length() < 8) {
            throw new Accounts.Refused(400, "weak_password", "The password is too short");
        }
        server.accounts().create("root", body.path("root_password").asString(""), "system");
        server.accounts().create(user, password, "dba");
        return Answer.json(200, Map.of("user", server.accounts().me(user), "message", "Set up"));
    }

    private Answer sql(Request request, Caller known) throws IOException {
        long started = System.nanoTime();
        String type = String.valueOf(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
        String sql = "";
        try {
            if (!server.limiter().permits(known.user())) {
                throw new SqlFailure(429, "RATE_LIMIT_EXCEEDED", "Too many queries");
            }
            Map<String, FileStore.Upload> uploads = new LinkedHashMap<>();
            JsonNode parameters;
            String namespace;
            if (type.startsWith("multipart/form-data")) {
                MultipartBody body = MultipartBody.read(request, type, server.maxBody());
                sql = body.text("sql", "");
                parameters = JsonMapper.shared().readTree(body.text("params", "[]"));
                namespace = body.text("namespace_id", "default");
                uploads.putAll(body.uploads());
            } else {
                if (request.getLength() > MAX_JSON) {
                    throw new SqlFailure(
                            400,
                            "INVALID_INPUT",
                            "Invalid JSON payload: JSON payload (" + request.getLength()
                                    + " bytes) is larger than allowed (limit: " + MAX_JSON + " bytes).");
                }
                JsonNode body = body(request);
                sql = body.path("sql").asString("");
                parameters = body.path("params");
                namespace = body.path("namespace_id").asString("default");
            }
            if (server.faults().repeatsRequest()) {
                server.sql().run(known.in(namespace), sql, parameters(parameters), uploads);
            }
            List<SqlResult> results = server.sql().run(known.in(namespace), sql, parameters(parameters), uploads);
            Map<String, @Nullable Object> answer = new LinkedHashMap<>();
            answer.put("status", "success");
            answer.put("results", results.stream().map(SqlResult::json).toList());
            answer.put("took", took(started));
            if (results.size() == 1 && results.get(0).rows() != null) {
                answer.put("error", null);
            }
            return Answer.json(200, answer);
        } catch (SqlFailure e) {
            return failed(e.status(), e.code(), masked(known, e), known.isAdmin() ? sql : null, took(started));
        }
    }

    private static double took(long started) {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - started) / 1000.0;
    }

    private static String masked(Caller caller, SqlFailure failure) {
        String message = String.valueOf(failure.getMessage());
        boolean isSafe = message.contains("rimary key")
                || message.contains("already exists")
                || message.contains("constraint")
                || message.contains("Column '")
                || message.contains("transaction");
        if (caller.isAdmin() || isSafe) {
            return message;
        }
        return switch (failure.code()) {
            case "BATCH_PARSE_ERROR" -> "Failed to parse SQL batch";
            case "SQL_EXECUTION_ERROR" -> "SQL statement failed";
            case "INVALID_SQL" -> "SQL statement is invalid or not allowed";
            case "TABLE_NOT_FOUND" -> "Requested table is not available";
            default -> message;
        };
    }

    private static Answer failed(int status, String code, String message, @Nullable String details, double took) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", message);
        if (details != null) {
            error.put("details", details);
        }
        return Answer.json(status, Map.of("status", "error", "results", List.of(), "took", took, "error", error));
    }

    private static @Nullable Object[] parameters(JsonNode json) {
        if (json.isMissingNode() || json.isNull()) {
            return new Object[0];
        }
        if (!json.isArray()) {
            throw new SqlFailure(400, "INVALID_PARAMETER", "params is no array");
        }
        @Nullable Object[] values = new Object[json.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = json.get(i);
            if (value.isContainer()) {
                throw new SqlFailure(400, "INVALID_PARAMETER", "Arrays and objects are not supported as parameters");
            }
            values[i] = value.isNull()
                    ? null
                    : value.isBoolean()
                            ? (Object) value.asBoolean()
                            : value.isIntegralNumber() && value.canConvertToLong()
                                    ? (Object) value.asLong()
                                    : value.isNumber() ? (Object) value.asDouble() : value.asString();
        }
        return values;
    }

    private Answer topic(String action, JsonNode body, Caller caller) {
        if (!caller.isService()) {
            return Answer.json(403, Map.of("error", "Topics need role service, dba or system", "code", "FORBIDDEN"));
        }
        String topic = body.path("topic_id").asString("");
        String group = body.path("group_id").asString("");
        if (topic.isEmpty() || group.isEmpty()) {
            // The real server's process may end here.
            server.faults().abortWebSockets();
            return new Answer(400, "Json deserialize error".getBytes(StandardCharsets.UTF_8), "text/plain");
        }
        if (!server.topics().exists(topic)) {
            return Answer.json(404, Map.of("error", "Topic '" + topic + "' not found", "code", "NOT_FOUND"));
        }
        int partition = body.path("partition_id").asInt(0);
        if (action.equals("ack")) {
            long offset = body.path("upto_offset").asLong(-1);
            if (!body.path("upto_offset").isIntegralNumber() || offset < 0) {
                return new Answer(400, "Json deserialize error".getBytes(StandardCharsets.UTF_8), "text/plain");
            }
            server.topics().ack(topic, group, partition, offset);
            return Answer.json(200, Map.of("success", true, "acknowledged_offset", offset));
        }
        JsonNode start = body.path("start");
        Long from = start.isObject()
                ? Long.valueOf(start.path("Offset").asLong(start.path("offset").asLong(0)))
                : start.asString("latest").equalsIgnoreCase("earliest") ? null : Long.valueOf(-1);
        return Answer.json(
                200,
                server.topics()
                        .consume(
                                topic,
                                group,
                                partition,
                                from,
                                body.path("limit").asInt(100)));
    }

    private Answer file(Request request, String path, Caller caller) throws IOException {
        String[] parts = path.substring("/v1/files/".length()).split("/");
        if (parts.length != 4 || List.of(parts).contains("..")) {
            return new Answer(404, new byte[0], "text/plain");
        }
        TableDef table = server.tables().find(parts[0], parts[1]).orElse(null);
        if (table == null) {
            return Answer.json(404, Map.of("error", "Table '" + parts[0] + ":" + parts[1] + "' not found"));
        }
        String wanted = Request.extractQueryParameters(request).getValue("user_id");
        try {
            if (wanted != null && table.isShared()) {
                throw new SqlFailure(400, "INVALID_INPUT", "user_id is not allowed for SHARED tables");
            }
            Caller owner = wanted == null
                    ? caller
                    : caller.standingInFor(wanted, server.accounts().roleOf(wanted));
            owner.mayRead(table);
            Path file = server.files().path(table, owner.user(), parts[2], parts[3]);
            if (!SqlRunner.exists(file)) {
                return Answer.json(404, Map.of("error", "File not found", "code", "FILE_NOT_FOUND"));
            }
            return new Answer(200, Files.readAllBytes(file), "application/octet-stream");
        } catch (SqlFailure e) {
            return failed(e.status(), e.code(), String.valueOf(e.getMessage()), null, 0);
        }
    }
}
