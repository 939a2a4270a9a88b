package dev.korm.kalam.http;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.settings.Limits;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

/** The places where a token may go. */
class HttpTransportTest {
    @Test
    void a_token_goes_to_no_other_server() {
        RequestSettings settings = new RequestSettings(
                URI.create("http://localhost:1"),
                () -> CompletableFuture.completedFuture(Auth.jwt("a.b.c")),
                Auth.jwt("a.b.c"),
                RetryPolicy.none(),
                RetryPolicy.none(),
                Timeouts.standard(),
                Limits.standard(),
                true);
        try (HttpTransport transport = new HttpTransport(new OkHttpClient(), settings)) {
            for (String other : List.of(
                    "http://localhost:12/v1/files/a", "http://localhost:1.example/a", "https://localhost:1/a")) {
                assertThatThrownBy(() -> transport.download(URI.create(other)))
                        .as(other)
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> transport.download(URI.create(other), OutputStream.nullOutputStream()))
                        .as(other)
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }
}
