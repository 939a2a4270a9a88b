package dev.korm.gateway.config;

import dev.korm.ConfigurationException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Variables of the environment in the texts of a file: <code>${NAME}</code>, and <code>${NAME:-default}</code>, which is the default where the variable is missing or empty. */
final class Variables {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\\}");

    private final Function<String, @Nullable String> environment;

    Variables(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    String replaced(String place, String text) {
        Matcher found = VARIABLE.matcher(text);
        StringBuilder out = new StringBuilder();
        while (found.find()) {
            String value = environment.apply(found.group(1));
            if ((value == null || value.isEmpty()) && found.group(2) != null) {
                value = found.group(3);
            }
            if (value == null) {
                throw new ConfigurationException(
                        place + " needs the variable " + found.group(1) + ", which is not set");
            }
            found.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        return found.appendTail(out).toString();
    }
}
