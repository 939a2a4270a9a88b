package dev.korm;

import org.jspecify.annotations.Nullable;

/** A pool that cannot be built, or a name that is not in it. Way out: correct the configuration. */
public final class ConfigurationException extends KormException {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(message);
    }

    public ConfigurationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
