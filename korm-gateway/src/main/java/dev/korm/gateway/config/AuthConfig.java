package dev.korm.gateway.config;

import dev.korm.ConfigurationException;
import dev.korm.gateway.access.Authenticator;
import dev.korm.gateway.access.JwtAuthenticator;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** The ways in which clients prove who they are, as the file says them. */
final class AuthConfig {
    private AuthConfig() {}

    static Authenticator read(ConfigNode auth) {
        auth.knows(
                "anonymous",
                "hs256",
                "rs256",
                "jwks",
                "jwksLimit",
                "issuer",
                "audience",
                "tenantClaim",
                "userClaim",
                "clockSkew");
        Optional<String> tenant = auth.text("anonymous");
        boolean keys = auth.text("hs256").isPresent()
                || auth.text("rs256").isPresent()
                || auth.text("jwks").isPresent();
        if (tenant.isPresent()) {
            if (keys) {
                throw new ConfigurationException(auth.at("anonymous")
                        + " lets everybody in, so that the keys beside it protect nothing; keep one of the two");
            }
            return Authenticator.anonymous(tenant.get());
        }
        JwtAuthenticator.Builder builder = JwtAuthenticator.builder();
        auth.set("hs256", text -> text.getBytes(StandardCharsets.UTF_8), builder::hs256);
        auth.set("rs256", AuthConfig::publicKey, builder::rs256);
        auth.set("jwks", URI::create, builder::jwks);
        auth.set("jwksLimit", Duration::parse, builder::jwksLimit);
        auth.set("clockSkew", Duration::parse, builder::clockSkew);
        auth.text("issuer").ifPresent(builder::issuer);
        auth.text("audience").ifPresent(builder::audience);
        auth.text("tenantClaim").ifPresent(builder::tenantClaim);
        auth.text("userClaim").ifPresent(builder::userClaim);
        return builder.build();
    }

    /** Reads a public key from a file of PEM. */
    private static RSAPublicKey publicKey(String file) {
        try {
            String pem = Files.readString(Path.of(file));
            String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            return (RSAPublicKey) KeyFactory.getInstance("RSA")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
        } catch (IOException | GeneralSecurityException | ClassCastException noKey) {
            throw new ConfigurationException(file + " is not the PEM of a public key of RSA (BEGIN PUBLIC KEY)", noKey);
        }
    }
}
