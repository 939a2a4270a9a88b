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
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** The provider's last answer, or what the client was made with. */
    private volatile Auth answered;

    /** How often the provider has answered. It grows before the lock is given back, so that whoever waited for it sees that an answer came meanwhile. */
    private final AtomicInteger answers = new AtomicInteger();

    Credentials(RequestSettings settings, Exchange exchange, Clock clock) {
        this.settings = settings;
        this.exchange = exchange;
        this.clock = clock;
        this.answered = settings.initial();
    }

    AuthType type() {
        Token token = current;
        return token != null ? token.auth().type() : answered.type();
    }

    /** Returns credentials that can be sent: a token or a key. */
    Auth usable() {
        Token token = current;
        if (token == null) {
            return resolve(null);
        }
        if (isDue(token) && lock.tryLock()) {
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

    private boolean isDue(Token token) {
        return settings.autoRefresh()
                && token.renewAt() != null
                && !clock.instant().isBefore(token.renewAt());
    }

    /** Returns other credentials than those that were refused. */
    Auth replacing(Auth refused) {
        return resolve(refused);
    }

    /**
     * Returns credentials for a WebSocket, other than those that were refused. The provider is asked each time, since its credentials may have been exchanged
     * for others, or taken back, while those of before still look good; whoever waits while it is asked takes the same answer. An answer that is the one of
     * before means no second login: its token is used on.
     */
    Auth connecting(@Nullable Auth refused) {
        int before = answers.get();
        return locked(() -> {
            Token token = current;
            if (token != null && isDue(token)) {
                renew(token);
            }
            Token kept = current;
            if (kept == null || kept.auth().equals(refused)) {
                return ask(refreshed(kept));
            }
            return answers.get() == before ? ask(kept) : usableToken();
        });
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
        return locked(() -> {
            Token token = current;
            if (token != null && !token.auth().equals(refused)) {
                return token.auth();
            }
            Token refreshed = refreshed(token);
            return refreshed == null ? ask(null) : refreshed.auth();
        });
    }

    /** A piece of work that waits. */
    private interface Waiting {
        Auth get() throws InterruptedException;
    }

    private Auth locked(Waiting work) {
        boolean isLocked = false;
        try {
            isLocked = lock.tryLock(settings.timeouts().request().toMillis(), TimeUnit.MILLISECONDS);
            if (!isLocked) {
                throw new KalamTimeoutException("Credentials were not there within the time limit", false, null);
            }
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KalamTimeoutException("A wait for credentials was interrupted", false, e);
        } finally {
            if (isLocked) {
                lock.unlock();
            }
        }
    }

    /** Exchanges the refresh token of a token that was refused; returns nothing where there is none or it is spent. */
    private @Nullable Token refreshed(@Nullable Token token) {
        if (token == null || token.refreshToken() == null) {
            return null;
        }
        try {
            set(exchange.refresh(token.refreshToken()));
            return current;
        } catch (KalamAuthException e) {
            current = null;
            return null;
        }
    }

    private Auth usableToken() {
        Token token = current;
        if (token == null) {
            throw new IllegalStateException("There is no token");
        }
        return token.auth();
    }

    /**
     * Asks the provider, again when it fails for a reason that may pass and the time of a request is not over, and exchanges a password for a token. The token
     * that is kept is good for the answer of before.
     */
    private Auth ask(@Nullable Token kept) throws InterruptedException {
        RetryPolicy policy = settings.credentials();
        long limit = settings.timeouts().request().toNanos();
        long began = System.nanoTime();
        for (int attempt = 1; ; attempt++) {
            long left = limit - (System.nanoTime() - began);
            boolean isLast = !policy.allowsAfter(attempt)
                    || left <= policy.waitAfter(attempt).toNanos();
            try {
                Auth auth = answer(left);
                boolean isKept = kept != null && isSame(auth, answered);
                answered = auth;
                if (!isKept) {
                    switch (auth.type()) {
                        case BASIC -> set(exchange.login(auth));
                        case NONE ->
                            throw new IllegalStateException(
                                    "The client has no credentials, and the server refuses all requests for data without: give Auth.basic or Auth.jwt");
                        default -> current = new Token(auth, null, null, null);
                    }
                }
                answers.incrementAndGet();
                return usableToken();
            } catch (ExecutionException e) {
                if (isLast || !isPassing(e.getCause())) {
                    throw new KalamException("The provider of credentials failed", e.getCause());
                }
            } catch (TimeoutException e) {
                throw new KalamTimeoutException(
                        "The provider of credentials did not answer within "
                                + settings.timeouts().request(),
                        false,
                        e);
            } catch (KalamConnectionException e) {
                if (isLast) {
                    throw e;
                }
            } catch (KalamHttpException e) {
                boolean passes = e.status() == 429 || (e.status() >= 502 && e.status() <= 504);
                if (isLast || !passes) {
                    throw e;
                }
            }
            TimeUnit.NANOSECONDS.sleep(policy.waitAfter(attempt).toNanos());
        }
    }

    /** Returns the provider's answer; whatever it fails by is the cause of the failure, be it thrown or told later. */
    private Auth answer(long nanos) throws InterruptedException, ExecutionException, TimeoutException {
        Auth auth;
        try {
            auth = settings.provider().get().toCompletableFuture().get(nanos, TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            throw new ExecutionException(e);
        }
        if (auth == null) {
            throw new ExecutionException(new IllegalStateException("It answered null instead of credentials"));
        }
        return auth;
    }

    private static boolean isSame(Auth one, Auth other) {
        return one.type() == other.type()
                && Objects.equals(one.user(), other.user())
                && one.secret().equals(other.secret());
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
