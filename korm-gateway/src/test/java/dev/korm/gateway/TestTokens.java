package dev.korm.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.JwtAuthenticator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;

/** Tokens for tests. */
final class TestTokens {
    private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

    private TestTokens() {}

    static Authenticator authenticator() {
        return JwtAuthenticator.builder().hs256(SECRET).clockSkew(Duration.ZERO).build();
    }

    static String token(String tenant, String user) {
        return token(tenant, user, Instant.now().plusSeconds(600));
    }

    static String token(String tenant, String user, Instant expires) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    new JWTClaimsSet.Builder()
                            .subject(user)
                            .claim("tenant", tenant)
                            .expirationTime(Date.from(expires))
                            .build());
            token.sign(new MACSigner(SECRET));
            return token.serialize();
        } catch (JOSEException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
