package dev.korm.kalam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthType;
import dev.korm.kalam.auth.LoginResponse;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.settings.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Credentials as the specification says it, named by its rows; runs against any server. */
class AuthConformanceTest {
    private static TestServer server;

    @BeforeAll
    static void open() {
        server = TestServer.open();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void L01_S24_S25_S26_a_client_needs_a_url_and_credentials() {
        assertThatThrownBy(() -> KalamClient.builder().auth(Auth.none()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("url");
        assertThatThrownBy(() -> KalamClient.builder().url("http://localhost").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("credentials");
    }

    @Test
    void L02_addresses_are_checked() {
        for (String wrong : List.of("ftp://h", "http://u:p@h", "http://h?a=b", "http://h#f", "h:80")) {
            assertThatThrownBy(() -> KalamClient.builder().url(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (KalamClient client =
                KalamClient.builder().url("wss://h:1/").auth(Auth.none()).build()) {
            assertThat(client.url()).hasToString("https://h:1");
        }
    }

    @Test
    void L03_L08_L10_L13_a_password_becomes_a_token_with_the_first_request() {
        try (KalamClient client = server.as("alice").build()) {
            assertThat(client.authType()).isEqualTo(AuthType.BASIC);
            assertThat(client.currentUser()).isEqualTo("alice");
            assertThat(client.authType()).isEqualTo(AuthType.JWT);
            LoginResponse login = client.login();
            assertThat(login.user()).isEqualTo("alice");
            assertThat(login.role()).isEqualTo("user");
            assertThat(login.toString()).doesNotContain(login.accessToken());
        }
    }

    @Test
    void L04_L09_tokens_are_used_and_refreshed() {
        LoginResponse login;
        try (KalamClient client = server.as("alice").build()) {
            login = client.login();
        }
        try (KalamClient client = KalamClient.builder()
                .url(server.url())
                .auth(Auth.jwt(login.accessToken()))
                .build()) {
            assertThat(client.currentUser()).isEqualTo("alice");
            assertThat(client.refreshToken(String.valueOf(login.refreshToken())).accessToken())
                    .isNotEmpty();
            assertThatThrownBy(() -> client.refreshToken(login.accessToken())).isInstanceOf(KalamAuthException.class);
            assertThatThrownBy(client::login).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void L05_without_credentials_requests_for_data_fail_before_they_are_sent() {
        try (KalamClient client =
                KalamClient.builder().url(server.url()).auth(Auth.none()).build()) {
            assertThatThrownBy(() -> client.query("SELECT 1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("credentials");
            assertThat(client.health().orElseThrow().isHealthy()).isTrue();
        }
    }

    @Test
    void L06_a_provider_is_asked_once_for_concurrent_needs_and_again_when_it_fails_for_a_while() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (KalamClient client = KalamClient.builder()
                .url(server.url())
                .authRetry(RetryPolicy.credentials().withWaits(Duration.ofMillis(1), Duration.ofMillis(1)))
                .authProvider(() -> CompletableFuture.supplyAsync(() -> {
                    if (asked.incrementAndGet() < 3) {
                        throw new java.io.UncheckedIOException(new IOException("connection reset"));
                    }
                    return Auth.basic("alice", server.password());
                }))
                .build()) {
            List<CompletableFuture<?>> all = IntStream.range(0, 20)
                    .<CompletableFuture<?>>mapToObj(i -> client.queryAsync("SELECT 1"))
                    .toList();
            for (CompletableFuture<?> each : all) {
                each.get();
            }
            assertThat(asked).hasValue(3);
        }
        try (KalamClient client = KalamClient.builder()
                .url(server.url())
                .authProvider(() -> {
                    asked.incrementAndGet();
                    return CompletableFuture.failedFuture(new IllegalArgumentException("no such vault"));
                })
                .build()) {
            assertThatThrownBy(() -> client.query("SELECT 1")).isInstanceOf(KalamException.class);
            assertThat(asked).hasValue(4);
        }
    }

    @Test
    void L12_no_text_tells_a_secret() {
        assertThat(Auth.jwt("abc.def.ghi").authorizationHeader()).isEqualTo("Bearer abc.def.ghi");
        assertThatThrownBy(() -> Auth.basic("a", "secret-1").authorizationHeader())
                .isInstanceOf(IllegalStateException.class);
        assertThat(Auth.basic("a", "secret-1").toString() + Auth.jwt("secret-2") + Auth.apiKey("secret-3"))
                .doesNotContain("secret");
        assertThatThrownBy(() -> Auth.jwt("a\r\nX: y")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void S02_S05_S51_wrong_credentials_are_refused_with_a_code() {
        for (Auth wrong : List.of(Auth.apiKey("k"), Auth.jwt("a.b.c"), Auth.basic("nobody", "x"))) {
            try (KalamClient client =
                    KalamClient.builder().url(server.url()).auth(wrong).build()) {
                assertThatThrownBy(() -> client.query("SELECT 1"))
                        .as(wrong.toString())
                        .isInstanceOfSatisfying(KalamAuthException.class, e -> {
                            assertThat(e.status()).isEqualTo(401);
                            assertThat(e.code()).isNotBlank();
                        });
            }
        }
    }
}
