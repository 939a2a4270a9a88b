package dev.korm.kalam;

/**
 * A server's health.
 *
 * @param status {@code healthy}, or something else
 * @param version the server's version
 * @param apiVersion the protocol's version
 */
public record Health(String status, String version, String apiVersion) {
    /** Tells whether the server says that it is well. */
    public boolean isHealthy() {
        return status.equals("healthy");
    }
}
