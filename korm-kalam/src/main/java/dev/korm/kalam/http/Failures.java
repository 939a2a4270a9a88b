package dev.korm.kalam.http;

import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConflictException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamTimeoutException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Makers of typed errors from answers and from failed connections. */
final class Failures {
    private static final int MAX_TEXT = 500;

    private Failures() {}

    /** Returns the error that an answer tells, in whichever of its shapes. */
    static KalamHttpException ofAnswer(String attempt, int status, byte[] body, @Nullable String retryAfter) {
        JsonNode json = tree(body);
        JsonNode error = json.path("error");
        String code;
        String message;
        if (error.isObject()) {
            code = error.path("code").asString("HTTP_" + status);
            message = error.path("message").asString("");
        } else if (error.isString()) {
            // Topics have the text in "error" and a code beside it, the routes of auth a code in "error" and the text
            // beside it.
            code = json.has("code") ? json.path("code").asString("") : error.asString("");
            message = json.has("message") ? json.path("message").asString("") : error.asString("");
        } else {
            code = "HTTP_" + status;
            message = json.isMissingNode() ? new String(body, StandardCharsets.UTF_8) : "";
        }
        String text = message.length() <= MAX_TEXT ? message : message.substring(0, MAX_TEXT) + "…";
        if (status == 401 || status == 403 || status == 428) {
            return new KalamAuthException(attempt, status, code, text);
        }
        if (text.contains("Primary key violation")) {
            return new KalamConflictException(attempt, status, code, text);
        }
        return new KalamHttpException(attempt, status, code, text, wait(retryAfter));
    }

    private static JsonNode tree(byte[] body) {
        try {
            JsonNode json = JsonMapper.shared().readTree(body);
            return json == null || !json.isObject() ? MissingNode.getInstance() : json;
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    private static @Nullable Duration wait(@Nullable String retryAfter) {
        try {
            return retryAfter == null
                    ? null
                    : Duration.ofSeconds(Math.max(0, Math.min(86_400, Long.parseLong(retryAfter.trim()))));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Returns the error of a connection; what cannot have arrived cannot have happened. */
    static KalamException ofConnection(String attempt, IOException failure, boolean isRead, boolean wasInterrupted) {
        boolean neverArrived = failure instanceof ConnectException
                || failure instanceof UnknownHostException
                || failure instanceof NoRouteToHostException;
        boolean mayHaveHappened = !isRead && !neverArrived;
        if (wasInterrupted) {
            return new KalamTimeoutException(attempt + " was interrupted", mayHaveHappened, failure);
        }
        if (failure instanceof InterruptedIOException) {
            return new KalamTimeoutException(
                    attempt + " had no answer within its time limit", mayHaveHappened, failure);
        }
        return new KalamConnectionException(
                attempt + " failed: " + (neverArrived ? "the server cannot be reached" : "the connection was lost")
                        + " (" + failure.getClass().getSimpleName() + ")",
                mayHaveHappened,
                failure);
    }
}
