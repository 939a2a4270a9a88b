package dev.korm.kalam.layer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import java.net.URI;

/**
 * KalamDB as a layer of a pool.
 *
 * <pre>{@code
 * Pool pool = Korm.pool()
 *         .layer("live", Kalam.namespace("http://localhost:8080", "app").auth(Auth.basic("service", password)))
 *         .open();
 * }</pre>
 */
public final class Kalam {
    private Kalam() {}

    /** Returns a namespace of a server, which is made when the user may and it is missing. It takes the credentials by {@link KalamNamespace#auth}. */
    public static KalamNamespace namespace(String url, String namespace) {
        return namespace(URI.create(requireNonNull(url, "url")), namespace);
    }

    /** Returns a namespace of a server. */
    public static KalamNamespace namespace(URI url, String namespace) {
        return new KalamNamespace(requireNonNull(url, "url"), requireNonNull(namespace, "namespace"));
    }
}
