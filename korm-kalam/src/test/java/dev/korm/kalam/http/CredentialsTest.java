package dev.korm.kalam.http;

import static dev.korm.kalam.Polling.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthProvider;
import dev.korm.kalam.auth.AuthType;
import dev.korm.kalam.auth.LoginResponse;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamTimeoutException;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The life of a token, on a clock of its own: when it is renewed, and by what. */
class CredentialsTest {
    private static final Duration LIFE = Duration.ofSeconds(100);
    private static final Duration LIMIT = Duration.ofSeconds(30);

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
        return asking(provider, Auth.none(), exchange);
    }

    private static Credentials asking(AuthProvider provider, Auth initial, Credentials.Exchange exchange) {
        return new Credentials(settings(provider, initial, Timeouts.standard()), exchange, Clock.systemUTC());
    }

    private static RequestSettings settings(AuthProvider provider, Auth initial, Timeouts timeouts) {
        return new RequestSettings(
                URI.create("http://localhost"),
                provider,
                initial,
                RetryPolicy.credentials().withWaits(Duration.ZERO, Duration.ZERO),
                RetryPolicy.none(),
                timeouts,
                Limits.standard(),
                true);
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

    /** Answers what it is told to, and counts. */
    private static final class Vault implements AuthProvider {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile Auth answer;

        Vault(Auth answer) {
            this.answer = answer;
        }

        @Override
        public CompletableFuture<Auth> get() {
            asked.incrementAndGet();
            // A value of its own each time, as of one who reads a vault.
            return CompletableFuture.completedFuture(
                    answer.type() == AuthType.JWT
                            ? Auth.jwt(answer.secret())
                            : Auth.basic(String.valueOf(answer.user()), answer.secret()));
        }
    }

    @Test
    void a_provider_is_asked_before_each_websocket_and_another_password_alone_is_exchanged() {
        Vault vault = new Vault(Auth.basic("alice", "x"));
        Credentials credentials = asking(vault, new Exchanges());
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer t1");
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer t1");
        assertThat(vault.asked).hasValue(2);
        assertThat(token(credentials.usable())).isEqualTo("Bearer t1");
        assertThat(vault.asked).as("for a request").hasValue(2);
        assertThat(exchanges).containsExactly("login");
        vault.answer = Auth.basic("alice", "rotated");
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer t2");
        assertThat(token(credentials.usable())).as("requests go on with it").isEqualTo("Bearer t2");
        vault.answer = Auth.basic("bob", "rotated");
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer t3");
        vault.answer = Auth.jwt("a.b.c");
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer a.b.c");
        vault.answer = Auth.jwt("d.e.f");
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer d.e.f");
        assertThat(token(credentials.usable())).isEqualTo("Bearer d.e.f");
        assertThat(exchanges).containsExactly("login", "login", "login");
        assertThat(vault.asked).hasValue(6);
    }

    @Test
    void a_token_that_a_websocket_was_refused_with_is_replaced_and_the_provider_asked() {
        Vault vault = new Vault(Auth.basic("alice", "x"));
        Credentials credentials = asking(vault, new Exchanges());
        Auth first = credentials.connecting(null);
        Auth second = credentials.connecting(first);
        assertThat(token(second)).isEqualTo("Bearer t2");
        assertThat(exchanges).containsExactly("login", "refresh by r1");
        assertThat(vault.asked).hasValue(2);
        refreshFails = true;
        assertThat(token(credentials.connecting(second))).isEqualTo("Bearer t4");
        assertThat(exchanges).containsExactly("login", "refresh by r1", "refresh by r2", "login");
        assertThat(vault.asked).hasValue(3);
    }

    @Test
    void a_websocket_begins_with_a_token_that_is_renewed_when_it_is_due() {
        Credentials credentials = credentials(true);
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer t1");
        pass(Duration.ofSeconds(80));
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer t2");
        assertThat(exchanges).containsExactly("login", "refresh by r1");
    }

    @Test
    void a_token_that_the_program_got_by_itself_is_not_given_up_for_the_one_the_client_was_made_with() {
        Credentials credentials = asking(new Vault(Auth.jwt("first")), Auth.jwt("first"), new Exchanges());
        credentials.set(new LoginResponse("alice", "user", "second", null, null, null));
        assertThat(token(credentials.connecting(null))).isEqualTo("Bearer second");
        assertThat(exchanges).isEmpty();
    }

    @Test
    void a_websocket_that_needs_credentials_while_the_provider_is_asked_takes_its_answer() throws Exception {
        CompletableFuture<Auth> answer = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch isAsked = new CountDownLatch(1);
        Credentials credentials = asking(
                () -> {
                    asked.incrementAndGet();
                    isAsked.countDown();
                    return answer;
                },
                new Exchanges());
        List<FutureTask<Auth>> needs = List.of(
                new FutureTask<>(credentials::usable),
                new FutureTask<>(() -> credentials.connecting(null)),
                new FutureTask<>(() -> credentials.connecting(null)));
        Thread first = new Thread(needs.get(0));
        first.start();
        assertThat(isAsked.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        List<Thread> others = List.of(new Thread(needs.get(1)), new Thread(needs.get(2)));
        others.forEach(Thread::start);
        await().atMost(LIMIT)
                .until(() -> others.stream().allMatch(other -> other.getState() == Thread.State.TIMED_WAITING));
        answer.complete(Auth.basic("alice", "x"));
        for (FutureTask<Auth> need : needs) {
            assertThat(token(need.get(LIMIT.toSeconds(), TimeUnit.SECONDS))).isEqualTo("Bearer t1");
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void whatever_a_provider_fails_by_is_a_typed_error() {
        CompletableFuture<Auth> cancelled = new CompletableFuture<>();
        cancelled.cancel(false);
        Map<String, AuthProvider> failing = Map.of(
                "thrown",
                () -> {
                    throw new UnsupportedOperationException("x");
                },
                "nothing",
                () -> null,
                "null",
                () -> CompletableFuture.completedFuture(null),
                "cancelled",
                () -> cancelled);
        failing.forEach((how, provider) -> {
            Credentials credentials = asking(provider, new Exchanges());
            assertThatThrownBy(credentials::usable)
                    .as(how)
                    .isExactlyInstanceOf(KalamException.class)
                    .hasMessage("The provider of credentials failed");
            assertThatThrownBy(() -> credentials.connecting(null))
                    .as(how)
                    .isExactlyInstanceOf(KalamException.class)
                    .hasMessage("The provider of credentials failed");
        });
    }

    @Test
    void a_provider_that_never_answers_is_waited_for_once_and_within_the_limit_of_a_request() {
        AtomicInteger asked = new AtomicInteger();
        Credentials credentials = new Credentials(
                settings(
                        () -> {
                            asked.incrementAndGet();
                            return new CompletableFuture<>();
                        },
                        Auth.none(),
                        Timeouts.standard().withRequest(Duration.ofMillis(50))),
                new Exchanges(),
                Clock.systemUTC());
        assertThatThrownBy(() -> credentials.connecting(null))
                .isInstanceOf(KalamTimeoutException.class)
                .hasMessage("The provider of credentials did not answer within PT0.05S");
        assertThat(asked).hasValue(1);
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
