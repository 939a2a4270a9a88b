package dev.korm.testkit.kalam;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The settings of a server, before it is started. */
public final class KalamServerBuilder {
    /** The password of the users who exist from the start, where none is given. */
    static final String STANDARD_PASSWORD = "Local-123";

    private String host = "127.0.0.1";
    private int port;
    private @Nullable Path folder;
    private Set<Trap> traps = EnumSet.allOf(Trap.class);
    private Duration tokenLifetime = Duration.ofHours(24);
    private Duration visibility = Duration.ofSeconds(60);
    private Duration authTimeout = Duration.ofSeconds(3);
    private Duration clientTimeout = Duration.ofSeconds(10);
    private int queriesPerSecond;
    private int maxRows = 1000;
    private String version = KalamServer.VERSION;
    private boolean letsLoopbackIn;
    private String password = STANDARD_PASSWORD;

    KalamServerBuilder() {}

    /** Listens to this port; 0, which stands otherwise, takes one that is free. */
    public KalamServerBuilder port(int number) {
        port = number;
        return this;
    }

    /** Listens at this address; at {@code 127.0.0.1}, which nobody else reaches, unless said otherwise. */
    public KalamServerBuilder host(String address) {
        host = address;
        return this;
    }

    /**
     * Lets requests for SQL and topics from this machine that bear no credentials act as the user {@code root}. Early servers did so; the present one refuses them,
     * as this one does unless told.
     */
    public KalamServerBuilder anonymousLoopback() {
        letsLoopbackIn = true;
        return this;
    }

    /** Keeps the data in this folder, where a later server finds it; otherwise it is gone with the server. */
    public KalamServerBuilder folder(Path path) {
        folder = path;
        return this;
    }

    /** Falls into these traps alone; otherwise into all. */
    public KalamServerBuilder traps(Set<Trap> chosen) {
        traps = Set.copyOf(chosen);
        return this;
    }

    /** Makes access tokens that live for so long, and refresh tokens that live seven times as long. */
    public KalamServerBuilder tokenLifetime(Duration lifetime) {
        tokenLifetime = lifetime;
        return this;
    }

    /** Gives messages of topics again that were not acknowledged within this time. */
    public KalamServerBuilder visibilityTimeout(Duration timeout) {
        visibility = timeout;
        return this;
    }

    /** Closes WebSockets that do not authenticate within this time. */
    public KalamServerBuilder authTimeout(Duration timeout) {
        authTimeout = timeout;
        return this;
    }

    /** Closes WebSockets whose clients send nothing for this time. */
    public KalamServerBuilder clientTimeout(Duration timeout) {
        clientTimeout = timeout;
        return this;
    }

    /** Refuses more requests for SQL than these within a second; 0, which stands otherwise, refuses none. */
    public KalamServerBuilder queriesPerSecond(int limit) {
        queriesPerSecond = limit;
        return this;
    }

    /** Ends the answers to queries with LIMIT after so many rows, as {@code limits.max_query_limit} of the real server; 1,000 stands otherwise. Needs {@link Trap#ROW_CAPS}. */
    public KalamServerBuilder maxRows(int limit) {
        maxRows = limit;
        return this;
    }

    /** Says that it is of this version when it is asked for its health, and behaves no differently; that of the server which it imitates stands otherwise. */
    public KalamServerBuilder version(String text) {
        version = text;
        return this;
    }

    /** Gives the users {@code root}, {@code admin}, {@code service} and {@code alice}, who exist from the start, this password. */
    public KalamServerBuilder password(String text) {
        password = text;
        return this;
    }

    /** Starts the server. */
    public KalamServer start() {
        return new KalamServer(this);
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    boolean letsLoopbackIn() {
        return letsLoopbackIn;
    }

    @Nullable Path folder() {
        return folder;
    }

    Set<Trap> traps() {
        return traps;
    }

    Duration tokenLifetime() {
        return tokenLifetime;
    }

    Duration visibility() {
        return visibility;
    }

    Duration authTimeout() {
        return authTimeout;
    }

    Duration clientTimeout() {
        return clientTimeout;
    }

    int queriesPerSecond() {
        return queriesPerSecond;
    }

    int maxRows() {
        return maxRows;
    }

    String version() {
        return version;
    }

    String password() {
        return password;
    }
}
