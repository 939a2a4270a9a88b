package dev.korm.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.korm.ConfigurationException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens are believed when a known key signed them with its own algorithm, for this audience, and they have an end that is not past. */
class JwtAuthenticatorTest {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final Instant LATER = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 600);
    private static RSAKey key;
    private static RSAKey otherKey;

    @BeforeAll
    static void keys() throws Exception {
        key = new RSAKeyGenerator(2048).keyID("one").generate();
        otherKey = new RSAKeyGenerator(2048).keyID("two").generate();
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("fred")
                .claim("tenant", "acme")
                .issuer("login")
                .audience("korm")
                .expirationTime(Date.from(LATER));
    }

    private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims) throws Exception {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(signer);
        return token.serialize();
    }

    private static String hs256(JWTClaimsSet claims) throws Exception {
        return signed(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(SECRET), claims);
    }

    private static String rs256(RSAKey by, JWTClaimsSet claims) throws Exception {
        return signed(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(by.getKeyID()).build(), new RSASSASigner(by), claims);
    }

    private static Identity read(Authenticator authenticator, String token) {
        return authenticator.authenticate(new Credentials(Optional.of(token), Map.of()));
    }

    private static void refused(Authenticator authenticator, String token) {
        assertThatThrownBy(() -> read(authenticator, token))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageNotContaining(token);
    }

    @Test
    void a_token_tells_tenant_user_and_end() throws Exception {
        Authenticator secret = JwtAuthenticator.builder()
                .hs256(SECRET)
                .issuer("login")
                .audience("korm")
                .build();
        Authenticator pair =
                JwtAuthenticator.builder().rs256(key.toRSAPublicKey()).build();
        Identity fred = new Identity("acme", "fred", Optional.of(LATER));
        assertThat(read(secret, hs256(claims().build()))).isEqualTo(fred);
        assertThat(read(pair, rs256(key, claims().build()))).isEqualTo(fred);
        Authenticator otherClaims = JwtAuthenticator.builder()
                .hs256(SECRET)
                .tenantClaim("org")
                .userClaim("mail")
                .build();
        assertThat(read(
                        otherClaims,
                        hs256(claims().claim("org", "x").claim("mail", "y").build())))
                .isEqualTo(new Identity("x", "y", Optional.of(LATER)));
    }

    @Test
    void a_token_that_proves_nothing_is_refused() throws Exception {
        Authenticator secret = JwtAuthenticator.builder()
                .hs256(SECRET)
                .issuer("login")
                .audience("korm")
                .build();
        refused(secret, hs256(claims().expirationTime(null).build()));
        refused(
                secret,
                hs256(claims().expirationTime(Date.from(Instant.now().minusSeconds(120)))
                        .build()));
        refused(
                secret,
                hs256(claims().notBeforeTime(Date.from(Instant.now().plusSeconds(120)))
                        .build()));
        refused(secret, hs256(claims().issuer("other").build()));
        refused(secret, hs256(claims().audience("other").build()));
        refused(secret, hs256(claims().claim("tenant", null).build()));
        refused(secret, hs256(claims().claim("tenant", "").build()));
        refused(secret, hs256(claims().claim("tenant", 7).build()));
        refused(secret, hs256(claims().build()) + "A");
        refused(secret, new PlainJWT(claims().build()).serialize());
        refused(secret, rs256(key, claims().build()));
        refused(secret, "garbage");
        refused(secret, "a".repeat(20_000));
        assertThatThrownBy(() -> secret.authenticate(new Credentials(Optional.empty(), Map.of())))
                .isInstanceOf(AuthenticationException.class);
    }

    @Test
    void a_public_key_is_no_secret() throws Exception {
        Authenticator pair =
                JwtAuthenticator.builder().rs256(key.toRSAPublicKey()).build();
        refused(
                pair,
                signed(
                        new JWSHeader(JWSAlgorithm.HS256),
                        new MACSigner(key.toRSAPublicKey().getEncoded()),
                        claims().build()));
        refused(pair, rs256(otherKey, claims().build()));
    }

    @Test
    void keys_at_an_address_are_read_once_and_anew_when_one_is_missing() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            RSAKey shown = reads.incrementAndGet() == 1 ? key : otherKey;
            byte[] body = new JWKSet(shown.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            Authenticator remote = JwtAuthenticator.builder()
                    .jwks(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys"))
                    .build();
            for (int round = 0; round < 3; round++) {
                assertThat(read(remote, rs256(key, claims().build())).user()).isEqualTo("fred");
            }
            assertThat(reads).hasValue(1);
            assertThat(read(remote, rs256(otherKey, claims().build())).user()).isEqualTo("fred");
            assertThat(reads).hasValue(2);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_key_server_that_says_nothing_ends_in_an_error_after_the_limit() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Authenticator remote = JwtAuthenticator.builder()
                    .jwks(URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/keys"))
                    .jwksLimit(Duration.ofMillis(100))
                    .build();
            String token = rs256(key, claims().build());
            assertThatThrownBy(() -> read(remote, token))
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageContaining("cannot be read now");
        }
    }

    @Test
    void settings_that_protect_nothing_are_refused() {
        assertThatThrownBy(() -> JwtAuthenticator.builder().build()).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> JwtAuthenticator.builder().hs256(new byte[16]))
                .isInstanceOf(ConfigurationException.class);
    }
}
