package dev.korm.gateway.config;

import dev.korm.ConfigurationException;
import dev.korm.gateway.wire.Json;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An object of the configuration and its place in the file, which errors name. Texts are given with their variables replaced. */
final class ConfigNode {
    private final String place;
    private final JsonNode node;
    private final Variables variables;

    ConfigNode(String place, JsonNode node, Variables variables) {
        this.place = place;
        this.node = node;
        this.variables = variables;
        if (!node.isObject()) {
            throw new ConfigurationException((place.isEmpty() ? "The file" : place) + " is not an object of JSON");
        }
    }

    /** Refuses members with other names, which are mistakes. */
    ConfigNode knows(String... names) {
        Set<String> known = Set.of(names);
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) {
                throw new ConfigurationException(
                        at(name) + " is not known; known are " + String.join(", ", List.of(names)));
            }
        }
        return this;
    }

    Optional<ConfigNode> object(String name) {
        return find(name).map(found -> new ConfigNode(at(name), found, variables));
    }

    /** Returns the members that are objects, by their names. */
    Map<String, ConfigNode> objects() {
        Map<String, ConfigNode> all = new LinkedHashMap<>();
        node.forEachEntry((name, value) -> all.put(name, new ConfigNode(at(name), value, variables)));
        return all;
    }

    /** Returns the members that are texts, by their names. */
    Map<String, String> texts() {
        Map<String, String> all = new LinkedHashMap<>();
        node.forEachEntry((name, value) -> all.put(name, text(name, value)));
        return all;
    }

    Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        node.forEachEntry((name, value) -> all.put(name, value.isString() ? text(name, value) : Json.plain(value)));
        return all;
    }

    Optional<String> text(String name) {
        return find(name).map(found -> text(name, found)).filter(text -> !text.isEmpty());
    }

    /** Returns a text, or the texts of a list; a single text may name several with commas between them. */
    List<String> list(String name) {
        List<String> all = new ArrayList<>();
        find(name).ifPresent(found -> {
            if (found.isArray()) {
                found.forEach(entry -> all.add(text(name, entry)));
            } else {
                for (String part : text(name, found).split(",", -1)) {
                    if (!part.isBlank()) {
                        all.add(part.trim());
                    }
                }
            }
        });
        return all;
    }

    /** Gives a value to a setting, where there is one. */
    <T> void set(String name, Function<String, T> read, Consumer<T> setting) {
        Optional<String> text = text(name);
        if (text.isPresent()) {
            T value;
            try {
                value = read.apply(text.get());
            } catch (IllegalArgumentException | DateTimeException misfit) {
                throw new ConfigurationException(at(name) + " cannot be read: " + misfit.getMessage(), misfit);
            }
            setting.accept(value);
        }
    }

    Optional<JsonNode> find(String name) {
        return Optional.ofNullable(Json.member(node, name));
    }

    String at(String name) {
        return place.isEmpty() ? "\"" + name + "\"" : place.substring(0, place.length() - 1) + "." + name + "\"";
    }

    private String text(String name, JsonNode value) {
        if (value.isString()) {
            return variables.replaced(at(name), value.stringValue());
        }
        if (value.isNumber() || value.isBoolean()) {
            return value.asString();
        }
        throw new ConfigurationException(at(name) + " is not a text");
    }
}
