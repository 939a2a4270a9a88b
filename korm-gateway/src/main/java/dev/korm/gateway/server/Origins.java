package dev.korm.gateway.server;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The pages that may connect. A browser names the page's origin, and sends along what the user is known by; so a page of anybody else must not. Programs that are no browsers name none.
 *
 * @param allowed origins such as {@code https://app.example.org}; {@code *} for all
 */
record Origins(Set<String> allowed) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+\\]");

    Origins {
        allowed = allowed.stream().map(Origins::normal).collect(Collectors.toUnmodifiableSet());
    }

    boolean allows(@Nullable String origin, @Nullable String host) {
        if (origin == null || allowed.contains("*") || allowed.contains(normal(origin))) {
            return true;
        }
        return isOwn(origin, host);
    }

    /**
     * Returns whether a page is from here. That the names are the same proves it for an address or {@code localhost} alone: whoever owns another name may let it lead here, and
     * then a page of his has it, too.
     */
    private static boolean isOwn(String origin, @Nullable String host) {
        try {
            URI page = URI.create(origin);
            String name = page.getHost();
            return name != null
                    && (name.equals("localhost") || ADDRESS.matcher(name).matches())
                    && page.getRawAuthority().equalsIgnoreCase(host);
        } catch (IllegalArgumentException noOrigin) {
            return false;
        }
    }

    private static String normal(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
