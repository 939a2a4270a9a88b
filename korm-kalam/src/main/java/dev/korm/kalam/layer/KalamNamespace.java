package dev.korm.kalam.layer;

import static dev.korm.kalam.error.KalamNullException.requireNonNull;

import dev.korm.ConfigurationException;
import dev.korm.kalam.Health;
import dev.korm.kalam.KalamClient;
import dev.korm.kalam.KalamClientBuilder;
import dev.korm.kalam.auth.Auth;
import dev.korm.kalam.error.KalamException;
import dev.korm.kalam.layer.ledger.Ledger;
import dev.korm.kalam.sql.KalamSql;
import dev.korm.kalam.sql.Names;
import dev.korm.spi.Capabilities;
import dev.korm.spi.Capabilities.Access;
import dev.korm.spi.Capabilities.Feature;
import dev.korm.spi.Layer;
import dev.korm.spi.LayerDescription;
import dev.korm.spi.LayerSource;
import dev.korm.spi.environment.Environment;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A namespace of a KalamDB server, to be opened as a layer. Immutable.
 *
 * <p>Two tables hold everything: {@code korm_ledger}, a row for each commit, and {@code korm_rows}, a row for each version of an item, its values as a
 * JSON object. Leave both to korm.
 */
public final class KalamNamespace implements LayerSource {
    private static final int PARAMETERS = 10_000;
    private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})");
    private static final int[] FIRST_VERSION = {0, 4, 3};

    private final URI url;
    private final String namespace;
    private final UnaryOperator<KalamClientBuilder> client;
    private final @Nullable String user;
    private final boolean isDurable;
    private final boolean isReadOnly;

    KalamNamespace(URI url, String namespace) {
        this(url, Names.namespace(namespace), UnaryOperator.identity(), null, false, false);
    }

    private KalamNamespace(
            URI url,
            String namespace,
            UnaryOperator<KalamClientBuilder> client,
            @Nullable String user,
            boolean isDurable,
            boolean isReadOnly) {
        this.url = url;
        this.namespace = namespace;
        this.client = client;
        this.user = user;
        this.isDurable = isDurable;
        this.isReadOnly = isReadOnly;
    }

    /** Returns this with the credentials of a user of the role service, dba or system. */
    public KalamNamespace auth(Auth auth) {
        requireNonNull(auth, "auth");
        return client(builder -> builder.auth(auth));
    }

    /** Returns this with more said about the client: TLS, proxies, time limits. */
    public KalamNamespace client(UnaryOperator<KalamClientBuilder> settings) {
        requireNonNull(settings, "settings");
        return new KalamNamespace(
                url, namespace, builder -> settings.apply(client.apply(builder)), user, isDurable, isReadOnly);
    }

    /**
     * Returns this with tables of the kind USER, and what one user has in them: all is read and written in his name, and nobody else sees it. The tables of a
     * namespace are all of one kind.
     */
    public KalamNamespace asUser(String id) {
        requireNonNull(id, "id");
        return new KalamNamespace(url, namespace, client, Names.user(id), isDurable, isReadOnly);
    }

    /**
     * Returns this for a server that writes to its disk before it answers, which it does when {@code sync_writes} is on and cannot be asked. Only then
     * does the layer take part in changes of several layers, since a power cut could take away what another layer keeps.
     */
    public KalamNamespace durable() {
        return new KalamNamespace(url, namespace, client, user, true, isReadOnly);
    }

    /** Returns this for reading only; what is missing is not made then. */
    public KalamNamespace readOnly() {
        return new KalamNamespace(url, namespace, client, user, isDurable, true);
    }

    private Capabilities capabilities() {
        Capabilities all = Capabilities.LEAST
                .with(
                        Feature.CHANGE_FEED,
                        Feature.HELD_TRANSACTIONS,
                        Feature.SINGLE_WRITER,
                        Feature.TOKENS,
                        Feature.FENCES,
                        Feature.ROW_GUARDS,
                        Feature.SNAPSHOTS)
                .withPushdown(condition -> true)
                .withParameterLimit(PARAMETERS)
                .withAccess(isReadOnly ? Access.READ_ONLY : Access.READ_WRITE);
        return isDurable ? all.with(Feature.DURABLE) : all;
    }

    @Override
    public LayerDescription description() {
        String identity = url.resolve("/") + namespace + (user == null ? "" : "/" + user);
        return new LayerDescription("kalam", new LayerDescription.Url(url.toString(), identity));
    }

    @Override
    public Layer open(String name, Environment environment) {
        requireNonNull(name, "name");
        requireNonNull(environment, "environment");
        KalamClient opened = client.apply(KalamClient.builder().url(url)).build();
        try {
            if (!isReadOnly) {
                requireVersion(name, opened);
            }
            KalamSql sql = user == null ? opened : opened.asUser(user);
            Ledger ledger = new Ledger(name, sql, namespace, environment);
            if (!isReadOnly) {
                ledger.create(opened, user == null ? "SHARED" : "USER");
            }
            ledger.refresh();
            return new OpenKalamLayer(name, ledger, capabilities(), environment, opened::close);
        } catch (RuntimeException failed) {
            opened.close();
            throw failed;
        }
    }

    /** Refuses a server that is known to let several through who insert one key, whose commits would replace each other. A server tells its version to its own machine alone. */
    private static void requireVersion(String layer, KalamClient client) {
        Optional<Health> told;
        try {
            told = client.health();
        } catch (KalamException unanswered) {
            // Whoever cannot be asked this can perhaps be asked what follows, which tells when not.
            return;
        }
        String version = told.map(Health::version).orElse("");
        Matcher numbers = VERSION.matcher(version);
        if (numbers.lookingAt()
                && Arrays.compare(
                                IntStream.rangeClosed(1, 3)
                                        .map(i -> Integer.parseInt(numbers.group(i)))
                                        .toArray(),
                                FIRST_VERSION)
                        < 0) {
            throw new ConfigurationException(
                    "Layer \"" + layer + "\" cannot be kept in KalamDB " + version
                            + ": when several insert one key at one time it lets more than one through, so commits would be lost. Use 0.4.3 or later");
        }
    }

    @Override
    public String toString() {
        return "KalamNamespace[" + url + ", " + namespace + "]";
    }
}
