package dev.korm.kalam.http;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthType;
import dev.korm.kalam.auth.LoginResponse;
import dev.korm.kalam.error.KalamAuthException;
import dev.korm.kalam.error.KalamConnectionException;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.error.KalamHttpException;
import dev.korm.kalam.error.KalamTimeoutException;
import dev.korm.kalam.settings.RetryPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The client's credentials of now. States: none yet, then a token, then another when it has expired or is about to. Whoever finds that something is
 * to be done takes the lock and does it; others that need the result wait for it, and those who have a token that is still good do not.
 */
final class Credentials {
    /** Exchanges with the routes of auth. */
    interface Exchange {
        LoginResponse login(Auth basic);

        LoginResponse refresh(String refreshToken);
    }

    /** The part of a token's life behind which it is renewed. */
    private static final double RENEWAL = 0.8;

    private record Token(
            Auth auth,
            @Nullable String refreshToken,
            @Nullable Instant renewAt,
            @Nullable Instant refreshExpires) {}

    private final RequestSettings settings;
    private final Exchange exchange;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Token current;
    private volatile @Nullable Auth resolved;

    Credentials(RequestSettings settings, Exchange exchange, Clock clock) {
        this.settings = settings;
        this.exchange = exchange;
        this.clock = clock;
    }

    AuthType type() {
        Token token = current;
        Auth known = resolved;
        return token != null
                ? token.auth().type()
                : known != null ? known.type() : settings.initial().type();
    }

    /** Returns credentials that can be sent: a token or a key. */
    Auth usable() {
        Token token = current;
        if (token == null) {
            return resolve(null);
        }
        if (settings.autoRefresh()
                && token.renewAt() != null
                && !clock.instant().isBefore(token.renewAt())
                && lock.tryLock()) {
            try {
                if (token.equals(current)) {
                    renew(token);
                }
            } finally {
                lock.unlock();
            }
        }
        Token renewed = current;
        return renewed == null ? resolve(null) : renewed.auth();
    }

    /** Returns other credentials than those that were refused. */
    Auth replacing(Auth refused) {
        return resolve(refused);
    }

    void set(LoginResponse login) {
        current = token(login);
    }

    private Token token(LoginResponse login) {
        Instant now = clock.instant();
        Instant expires = login.expiresAt();
        Instant renewAt = expires == null || !expires.isAfter(now)
                ? null
                : now.plusMillis((long) (Duration.between(now, expires).toMillis() * RENEWAL));
        return new Token(Auth.jwt(login.accessToken()), login.refreshToken(), renewAt, login.refreshExpiresAt());
    }

    /** Renews a token that is good for a while; what fails is tried again when it is not. */
    private void renew(Token token) {
        try {
            String refreshToken = token.refreshToken();
            if (refreshToken != null) {
                current = token(exchange.refresh(refreshToken));
                return;
            }
        } catch (KalamException e) {
            // The refresh token may be spent; a login is the other way.
        }
        try {
            current = null;
            resolve(null);
        } catch (KalamException e) {
            // The old one is good until the server says otherwise; not to ask at each request, its renewal waits.
            current = new Token(token.auth(), null, clock.instant().plusSeconds(5), null);
        }
    }

    private Auth resolve(@Nullable Auth refused) {
        boolean isLocked = false;
        try {
            isLocked = lock.tryLock(settings.timeouts().request().toMillis(), TimeUnit.MILLISECONDS);
            if (!isLocked) {
                throw new KalamTimeoutException("Credentials were not there within the time limit", false, null);
            }
            Token token = current;
            if (token != null && !token.auth().equals(refused)) {
                return token.auth();
            }
            if (token != null && token.refreshToken() != null) {
                try {
                    set(exchange.refresh(token.refreshToken()));
                    return usableToken();
                } catch (KalamAuthException e) {
                    current = null;
                }
            }
            return ask();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KalamTimeoutException("A wait for credentials was interrupted", false, e);
        } finally {
            if (isLocked) {
                lock.unlock();
            }
        }
    }

    private Auth usableToken() {
        Token token = current;
        if (token == null) {
            throw new IllegalStateException("There is no token");
        }
        return token.auth();
    }

    /** Asks the provider, again when it fails for a reason that may pass, and exchanges a password for a token. */
    private Auth ask() throws InterruptedException {
        RetryPolicy policy = settings.credentials();
        for (int attempt = 1; ; attempt++) {
            try {
                Auth auth = settings.provider()
                        .get()
                        .toCompletableFuture()
                        .get(settings.timeouts().request().toMillis(), TimeUnit.MILLISECONDS);
                resolved = auth;
                switch (auth.type()) {
                    case BASIC -> set(exchange.login(auth));
                    case NONE ->
                        throw new IllegalStateException(
                                "The client has no credentials, and the server refuses all requests for data without: give Auth.basic or Auth.jwt");
                    default -> current = new Token(auth, null, null, null);
                }
                return usableToken();
            } catch (ExecutionException e) {
                if (!isPassing(e.getCause()) || !policy.allowsAfter(attempt)) {
                    throw new KalamException("The provider of credentials failed", e.getCause());
                }
            } catch (TimeoutException e) {
                if (!policy.allowsAfter(attempt)) {
                    throw new KalamTimeoutException("The provider of credentials did not answer", false, e);
                }
            } catch (KalamConnectionException e) {
                if (!policy.allowsAfter(attempt)) {
                    throw e;
                }
            } catch (KalamHttpException e) {
                boolean passes = e.status() == 429 || (e.status() >= 502 && e.status() <= 504);
                if (!passes || !policy.allowsAfter(attempt)) {
                    throw e;
                }
            }
            TimeUnit.NANOSECONDS.sleep(policy.waitAfter(attempt).toNanos());
        }
    }

    /** Tells whether a failure of the provider looks as if it passed. */
    private static boolean isPassing(@Nullable Throwable failure) {
        if (failure instanceof java.io.IOException
                || failure instanceof TimeoutException
                || failure instanceof KalamConnectionException) {
            return true;
        }
        String text =
                failure == null ? "" : String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return text.matches("(?s).*\\b(timeout|timed out|network|socket|connection|429|502|503|504)\\b.*");
    }
}
