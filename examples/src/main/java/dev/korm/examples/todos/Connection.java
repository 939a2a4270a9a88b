package dev.korm.examples.todos;

import dev.korm.kalam.KalamClient;
import dev.korm.kalam.auth.Auth;
import java.util.Map;

/**
 * A server and a user of it: {@code KALAM_URL} ({@code http://127.0.0.1:8080}), {@code KALAM_USER} ({@code alice}) and {@code KALAM_PASSWORD}
 * ({@code Local-123}, which the server for tests has). A token of the server, in {@code KALAM_TOKEN}, stands for user and password.
 */
record Connection(String url, Auth user) {
    static Connection of(Map<String, String> environment, String standardUser) {
        String token = environment.getOrDefault("KALAM_TOKEN", "");
        return new Connection(
                environment.getOrDefault("KALAM_URL", "http://127.0.0.1:8080"),
                token.isBlank()
                        ? Auth.basic(
                                environment.getOrDefault("KALAM_USER", standardUser),
                                environment.getOrDefault("KALAM_PASSWORD", "Local-123"))
                        : Auth.jwt(token));
    }

    KalamClient open() {
        return KalamClient.builder().url(url).auth(user).build();
    }
}
