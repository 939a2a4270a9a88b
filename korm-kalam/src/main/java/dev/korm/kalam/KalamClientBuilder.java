package dev.korm.kalam;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.auth.AuthProvider;
import dev.korm.kalam.http.PromptSockets;
import dev.korm.kalam.http.RequestSettings;
import dev.korm.kalam.live.LiveSettings;
import dev.korm.kalam.settings.Limits;
import dev.korm.kalam.settings.RetryPolicy;
import dev.korm.kalam.settings.Timeouts;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** The settings of a client, before it is made. */
public final class KalamClientBuilder {
    private static final int CONNECTIONS = 64;

    private @Nullable URI url;
    private @Nullable Auth auth;
    private @Nullable AuthProvider provider;
    private RetryPolicy credentials = RetryPolicy.credentials();
    private RetryPolicy reads = RetryPolicy.reads();
    private Timeouts timeouts = Timeouts.standard();
    private Limits limits = Limits.standard();
    private boolean autoRefresh = true;
    private @Nullable Proxy proxy;
    private @Nullable SSLSocketFactory sockets;
    private @Nullable X509TrustManager trust;
    private @Nullable ExecutorService executor;
    private RetryPolicy reconnect = RetryPolicy.reconnect();
    private Duration pingInterval = Duration.ofSeconds(4);
    private boolean isCompressed = true;

    KalamClientBuilder() {}

    /** Sets the server's address, of http or https. */
    public KalamClientBuilder url(String address) {
        requireNonNull(address, "address");
        return url(URI.create(address));
    }

    /** Sets the server's address, of http or https; ws and wss are taken for them. */
    public KalamClientBuilder url(URI address) {
        requireNonNull(address, "address");
        url = origin(address);
        return this;
    }

    private static URI origin(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String http = scheme.equals("ws") ? "http" : scheme.equals("wss") ? "https" : scheme;
        if (!http.equals("http") && !http.equals("https")) {
            throw new IllegalArgumentException("The server's address begins with http or https");
        }
        if (address.getHost() == null || address.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "The server's address has a host and no user: give credentials by auth(…)");
        }
        if (address.getRawQuery() != null || address.getRawFragment() != null) {
            throw new IllegalArgumentException("The server's address has no query and no fragment");
        }
        String path = address.getRawPath() == null ? "" : address.getRawPath().replaceAll("/+$", "");
        return URI.create(http + "://" + address.getRawAuthority() + path);
    }

    /** Sets credentials that stay the same. */
    public KalamClientBuilder auth(Auth credentialsOfUser) {
        requireNonNull(credentialsOfUser, "credentialsOfUser");
        auth = credentialsOfUser;
        return this;
    }

    /** Sets a source of credentials, which comes before those that stay the same. */
    public KalamClientBuilder authProvider(AuthProvider source) {
        requireNonNull(source, "source");
        provider = source;
        return this;
    }

    /** Sets how often the source of credentials is asked when it fails for a reason that may pass. */
    public KalamClientBuilder authRetry(RetryPolicy policy) {
        requireNonNull(policy, "policy");
        credentials = policy;
        return this;
    }

    /** Sets whether a token is renewed before it expires, at four fifths of its life; it is, unless said otherwise. */
    public KalamClientBuilder autoRefresh(boolean isRefreshed) {
        autoRefresh = isRefreshed;
        return this;
    }

    /** Sets how often reads are repeated whose connection failed. Writes never are. */
    public KalamClientBuilder retry(RetryPolicy policy) {
        requireNonNull(policy, "policy");
        reads = policy;
        return this;
    }

    /** Sets the time limits. */
    public KalamClientBuilder timeouts(Timeouts chosen) {
        requireNonNull(chosen, "chosen");
        timeouts = chosen;
        return this;
    }

    /** Sets the size limits. */
    public KalamClientBuilder limits(Limits chosen) {
        requireNonNull(chosen, "chosen");
        limits = chosen;
        return this;
    }

    /** Sets a proxy. */
    public KalamClientBuilder proxy(Proxy chosen) {
        requireNonNull(chosen, "chosen");
        proxy = chosen;
        return this;
    }

    /** Sets whom TLS trusts. */
    public KalamClientBuilder tls(SSLSocketFactory factory, X509TrustManager manager) {
        requireNonNull(factory, "factory");
        requireNonNull(manager, "manager");
        sockets = factory;
        trust = manager;
        return this;
    }

    /** Sets where asynchronous requests run; it is not closed with the client. */
    public KalamClientBuilder executor(ExecutorService chosen) {
        requireNonNull(chosen, "chosen");
        executor = chosen;
        return this;
    }

    /** Sets how often, and with which waits, a lost WebSocket is made again. */
    public KalamClientBuilder reconnect(RetryPolicy policy) {
        requireNonNull(policy, "policy");
        reconnect = policy;
        return this;
    }

    /** Sets how often the server is asked over a WebSocket whether it is there; 4 s unless said otherwise, and it closes what is silent for 10. */
    public KalamClientBuilder pingInterval(Duration interval) {
        requireNonNull(interval, "interval");
        pingInterval = Timeouts.check(interval);
        return this;
    }

    /** Sets whether the server may compress what it sends over a WebSocket; it may, unless said otherwise. */
    public KalamClientBuilder compression(boolean isAllowed) {
        isCompressed = isAllowed;
        return this;
    }

    /** Makes the client. Nothing is sent yet. */
    public KalamClient build() {
        URI address = url;
        if (address == null) {
            throw new IllegalArgumentException("The client needs a url");
        }
        Auth fixed = auth;
        AuthProvider source = provider;
        if (source == null) {
            if (fixed == null) {
                throw new IllegalArgumentException(
                        "The client needs credentials: auth or authProvider, be it Auth.none()");
            }
            source = () -> CompletableFuture.completedFuture(fixed);
        }
        RequestSettings settings = new RequestSettings(
                address,
                source,
                fixed == null ? Auth.none() : fixed,
                credentials,
                reads,
                timeouts,
                limits,
                autoRefresh);
        ExecutorService own = executor == null
                ? Executors.newCachedThreadPool(work -> {
                    Thread thread = new Thread(work, "kalam-async");
                    thread.setDaemon(true);
                    return thread;
                })
                : null;
        ExecutorService async = executor == null ? Objects.requireNonNull(own) : executor;
        return new KalamClient(
                http(), settings, new LiveSettings(reconnect, pingInterval, isCompressed, async), own != null);
    }

    OkHttpClient http() {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(CONNECTIONS);
        dispatcher.setMaxRequestsPerHost(CONNECTIONS);
        OkHttpClient.Builder http = new OkHttpClient.Builder()
                .protocols(java.util.List.of(Protocol.HTTP_1_1))
                .socketFactory(new PromptSockets())
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(CONNECTIONS, 1, TimeUnit.MINUTES))
                .connectTimeout(timeouts.connect())
                // The limit of the whole call counts.
                .readTimeout(0, TimeUnit.MILLISECONDS)
                .writeTimeout(0, TimeUnit.MILLISECONDS)
                // A request whose connection broke may have arrived.
                .retryOnConnectionFailure(false)
                .followRedirects(false);
        if (proxy != null) {
            http.proxy(proxy);
        }
        SSLSocketFactory factory = sockets;
        X509TrustManager manager = trust;
        if (factory != null && manager != null) {
            http.sslSocketFactory(factory, manager);
        }
        return http.build();
    }

    @Override
    public String toString() {
        return "KalamClientBuilder[" + url + "]";
    }
}
