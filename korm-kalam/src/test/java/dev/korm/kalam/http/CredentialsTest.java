package dev.korm.kalam.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthProvider;
import dev.korm.kalam.auth.LoginResponse;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.settings.Limits;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The life of a token, on a clock of its own: when it is renewed, and by what. */
class CredentialsTest {
    private static final Duration LIFE = Duration.ofSeconds(100);

    private final VirtualEnvironment time = VirtualEnvironment.seeded(1);
    private final List<String> exchanges = new ArrayList<>();
    private boolean refreshFails;
    private boolean loginFails;

    private Credentials credentials(boolean autoRefresh) {
        Auth basic = Auth.basic("alice", "x");
        RequestSettings settings = new RequestSettings(
                URI.create("http://localhost"),
                () -> CompletableFuture.completedFuture(basic),
                basic,
                RetryPolicy.none(),
                RetryPolicy.none(),
                Timeouts.standard(),
                Limits.standard(),
                autoRefresh);
        return new Credentials(settings, new Exchanges(), time.clock());
    }

    /** Hands out numbered tokens, and notes for what. */
    private class Exchanges implements Credentials.Exchange {
        @Override
        public LoginResponse login(Auth basic) {
            return exchanged("login", loginFails);
        }

        @Override
        public LoginResponse refresh(String refreshToken) {
            return exchanged("refresh by " + refreshToken, refreshFails);
        }

        private LoginResponse exchanged(String how, boolean fails) {
            exchanges.add(how);
            if (fails) {
                throw new KalamAuthException(how, 401, "INVALID_CREDENTIALS", "");
            }
            int number = exchanges.size();
            return new LoginResponse(
                    "alice", "user", "t" + number, time.clock().instant().plus(LIFE), "r" + number, null);
        }
    }

    private void pass(Duration duration) {
        time.setTime(time.clock().instant().plus(duration));
    }

    private static String token(Auth auth) {
        return auth.authorizationHeader();
    }

    @Test
    void tokens_are_renewed_before_they_expire() {
        Credentials credentials = credentials(true);
        assertThat(token(credentials.usable())).isEqualTo("Bearer t1");
        pass(Duration.ofSeconds(79));
        assertThat(token(credentials.usable())).isEqualTo("Bearer t1");
        pass(Duration.ofSeconds(1));
        assertThat(token(credentials.usable())).isEqualTo("Bearer t2");
        assertThat(token(credentials.usable())).isEqualTo("Bearer t2");
        assertThat(exchanges).containsExactly("login", "refresh by r1");
        pass(Duration.ofSeconds(80));
        refreshFails = true;
        assertThat(token(credentials.usable())).as("by a login").isEqualTo("Bearer t4");
        assertThat(exchanges).containsExactly("login", "refresh by r1", "refresh by r2", "login");
    }

    @Test
    void a_token_that_cannot_be_renewed_is_used_on_and_the_server_is_not_asked_at_each_request() {
        Credentials credentials = credentials(true);
        credentials.usable();
        pass(Duration.ofSeconds(85));
        refreshFails = true;
        loginFails = true;
        assertThat(token(credentials.usable())).isEqualTo("Bearer t1");
        assertThat(exchanges).hasSize(3);
        pass(Duration.ofSeconds(4));
        assertThat(token(credentials.usable())).isEqualTo("Bearer t1");
        assertThat(exchanges).hasSize(3);
        loginFails = false;
        pass(Duration.ofSeconds(1));
        assertThat(token(credentials.usable())).isEqualTo("Bearer t4");
    }

    @Test
    void tokens_are_left_alone_where_that_was_said() {
        Credentials credentials = credentials(false);
        credentials.usable();
        pass(LIFE);
        assertThat(token(credentials.usable())).isEqualTo("Bearer t1");
        assertThat(exchanges).containsExactly("login");
    }

    @Test
    void a_token_that_was_refused_is_replaced_once_for_all_who_had_it() {
        Credentials credentials = credentials(true);
        Auth first = credentials.usable();
        Auth second = credentials.replacing(first);
        assertThat(token(second)).isEqualTo("Bearer t2");
        assertThat(credentials.replacing(first)).as("another was refused too").isEqualTo(second);
        assertThat(exchanges).containsExactly("login", "refresh by r1");
        refreshFails = true;
        assertThat(token(credentials.replacing(second))).isEqualTo("Bearer t4");
        assertThat(exchanges).containsExactly("login", "refresh by r1", "refresh by r2", "login");
    }

    private static Credentials asking(AuthProvider provider, Credentials.Exchange exchange) {
        RequestSettings settings = new RequestSettings(
                URI.create("http://localhost"),
                provider,
                Auth.none(),
                RetryPolicy.credentials().withWaits(Duration.ZERO, Duration.ZERO),
                RetryPolicy.none(),
                Timeouts.standard(),
                Limits.standard(),
                true);
        return new Credentials(settings, exchange, Clock.systemUTC());
    }

    @Test
    void a_provider_whose_failure_may_pass_is_asked_three_times_and_any_other_once() {
        List<Throwable> passing = List.of(
                new IOException("broken pipe"),
                new TimeoutException("late"),
                new KalamConnectionException("away", false, null),
                new IllegalStateException("the request timed out"),
                new IllegalStateException("Network is unreachable"),
                new IllegalStateException("socket closed"),
                new IllegalStateException("connection reset"),
                new IllegalStateException("HTTP 429"),
                new IllegalStateException("status 502"),
                new IllegalStateException("status=503"),
                new IllegalStateException("504"));
        List<Throwable> lasting = List.of(
                new IllegalStateException("no such vault"),
                new IllegalStateException("at 10.50.3.5029"),
                new IllegalStateException());
        for (Throwable failure : passing) {
            assertThat(asked(failure)).as(failure.toString()).isEqualTo(3);
        }
        for (Throwable failure : lasting) {
            assertThat(asked(failure)).as(failure.toString()).isOne();
        }
    }

    private int asked(Throwable failure) {
        AtomicInteger asked = new AtomicInteger();
        Credentials credentials = asking(
                () -> {
                    asked.incrementAndGet();
                    return CompletableFuture.failedFuture(failure);
                },
                new Exchanges());
        assertThatThrownBy(credentials::usable)
                .hasMessage("The provider of credentials failed")
                .hasCause(failure);
        return asked.get();
    }

    @Test
    void a_login_that_may_succeed_later_is_made_three_times_and_any_other_once() {
        Map<Integer, Integer> attempts = new TreeMap<>();
        for (int status : List.of(400, 401, 429, 500, 501, 502, 503, 504, 505)) {
            Exchanges refusing = new Exchanges() {
                @Override
                public LoginResponse login(Auth basic) {
                    attempts.merge(status, 1, Integer::sum);
                    throw new KalamHttpException("A login", status, "CODE", "", null);
                }
            };
            Credentials credentials =
                    asking(() -> CompletableFuture.completedFuture(Auth.basic("alice", "x")), refusing);
            assertThatThrownBy(credentials::usable).isInstanceOf(KalamHttpException.class);
        }
        assertThat(attempts).isEqualTo(Map.of(400, 1, 401, 1, 429, 3, 500, 1, 501, 1, 502, 3, 503, 3, 504, 3, 505, 1));
    }

    @Test
    void the_waits_for_credentials_double_from_a_quarter_of_a_second_to_two_seconds() {
        RetryPolicy policy = RetryPolicy.credentials();
        assertThat(IntStream.rangeClosed(1, 6).mapToObj(i -> policy.waitAfter(i).toMillis()))
                .containsExactly(250L, 500L, 1_000L, 2_000L, 2_000L, 2_000L);
        assertThat(policy.allowsAfter(2)).isTrue();
        assertThat(policy.allowsAfter(3)).isFalse();
    }
}
