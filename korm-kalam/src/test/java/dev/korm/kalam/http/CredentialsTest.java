package dev.korm.kalam.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.LoginResponse;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.settings.Limits;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import dev.korm.testkit.fault.VirtualEnvironment;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    private final class Exchanges implements Credentials.Exchange {
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
}
