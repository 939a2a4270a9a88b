package dev.korm.gateway.access;

import static dev.korm.argument.NullArgumentException.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.korm.ConfigurationException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.security.Key;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of the form JWT, signed with HS256 or RS256. A token must have an end, {@code exp}, which ends the client's connection, too.
 *
 * <pre>{@code
 * Authenticator tokens = JwtAuthenticator.builder()
 *         .jwks(URI.create("https://login.example.org/.well-known/jwks.json"))
 *         .issuer("https://login.example.org/")
 *         .audience("korm")
 *         .tenantClaim("org")
 *         .build();
 * }</pre>
 *
 * <p>Immutable, safe for many threads.
 */
public final class JwtAuthenticator implements Authenticator {
    private static final int LONGEST_TOKEN = 16_384;

    private final DefaultJWTProcessor<SecurityContext> processor;
    private final String tenantClaim;
    private final String userClaim;

    private JwtAuthenticator(DefaultJWTProcessor<SecurityContext> processor, String tenantClaim, String userClaim) {
        this.processor = processor;
        this.tenantClaim = tenantClaim;
        this.userClaim = userClaim;
    }

    /** Begins an authenticator. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Identity authenticate(Credentials credentials) {
        requireNonNull(credentials, "credentials");
        String token = credentials
                .token()
                .orElseThrow(() -> new AuthenticationException("A token is needed, and there is none"));
        if (token.length() > LONGEST_TOKEN) {
            throw new AuthenticationException("The token is longer than " + LONGEST_TOKEN + " characters");
        }
        try {
            SignedJWT signed = SignedJWT.parse(token);
            JWTClaimsSet claims = processor.process(signed, null);
            return new Identity(
                    claim(claims, tenantClaim),
                    claim(claims, userClaim),
                    Optional.of(claims.getExpirationTime().toInstant()));
        } catch (ParseException noToken) {
            throw new AuthenticationException("The token is no signed JWT");
        } catch (KeySourceException unreachable) {
            throw new AuthenticationException(
                    "The keys of the tokens cannot be read now; try again later", unreachable);
        } catch (BadJOSEException refused) {
            throw new AuthenticationException("The token is refused: " + refused.getMessage(), refused);
        } catch (JOSEException failed) {
            throw new AuthenticationException("The token cannot be checked", failed);
        }
    }

    private static String claim(JWTClaimsSet claims, String name) {
        Object value = claims.getClaim(name);
        if (!(value instanceof String text) || text.isEmpty()) {
            throw new AuthenticationException("The token has no text in its claim \"" + name + "\"");
        }
        return text;
    }

    /** Settings of an authenticator of tokens. For one thread. */
    public static final class Builder {
        private static final int SHORTEST_SECRET = 32;
        private static final int LARGEST_KEY_SET = 256 * 1024;

        private final List<Key> secrets = new ArrayList<>();
        private final List<Key> publicKeys = new ArrayList<>();
        private final List<URI> keySets = new ArrayList<>();
        private Duration keySetLimit = Duration.ofSeconds(3);
        private Duration clockSkew = Duration.ofSeconds(30);
        private @Nullable String issuer;
        private @Nullable String audience;
        private String tenantClaim = "tenant";
        private String userClaim = "sub";

        private Builder() {}

        /**
         * Accepts tokens signed with HS256 by a secret; several, while secrets change.
         *
         * @throws ConfigurationException when the secret is shorter than 32 bytes
         */
        public Builder hs256(byte[] secret) {
            if (requireNonNull(secret, "secret").length < SHORTEST_SECRET) {
                throw new ConfigurationException("A secret of HS256 has at least 32 bytes, not " + secret.length);
            }
            secrets.add(new SecretKeySpec(secret, "HmacSHA256"));
            return this;
        }

        /** Accepts tokens signed with RS256 by the key that belongs to this one; several, while keys change. */
        public Builder rs256(RSAPublicKey key) {
            publicKeys.add(requireNonNull(key, "key"));
            return this;
        }

        /**
         * Accepts tokens signed with RS256 by a key of the set at an address. The set is kept for five minutes, and read anew when a token names a key that it lacks, at most
         * twice a minute.
         */
        public Builder jwks(URI address) {
            String scheme = requireNonNull(address, "address").getScheme();
            if (!"https".equals(scheme) && !"http".equals(scheme)) {
                throw new ConfigurationException("The address of a key set begins with https, not with " + scheme);
            }
            keySets.add(address);
            return this;
        }

        /** Waits so long for a key set, to connect and to read each; 3 seconds without this. */
        public Builder jwksLimit(Duration limit) {
            keySetLimit = positive(limit, "limit");
            return this;
        }

        /** Forgives clocks that differ by so much; 30 seconds without this. */
        public Builder clockSkew(Duration skew) {
            if (requireNonNull(skew, "skew").isNegative()) {
                throw new ConfigurationException("A difference of clocks is not negative");
            }
            clockSkew = skew;
            return this;
        }

        /** Requires that {@code iss} is this. */
        public Builder issuer(String required) {
            issuer = requireNonNull(required, "required");
            return this;
        }

        /** Requires that {@code aud} has this. */
        public Builder audience(String required) {
            audience = requireNonNull(required, "required");
            return this;
        }

        /** Names the claim that holds the tenant; {@code tenant} without this. */
        public Builder tenantClaim(String claim) {
            tenantClaim = requireNonNull(claim, "claim");
            return this;
        }

        /** Names the claim that holds the user; {@code sub} without this. */
        public Builder userClaim(String claim) {
            userClaim = requireNonNull(claim, "claim");
            return this;
        }

        /**
         * Makes the authenticator.
         *
         * @throws ConfigurationException when it has no key
         */
        public JwtAuthenticator build() {
            if (secrets.isEmpty() && publicKeys.isEmpty() && keySets.isEmpty()) {
                throw new ConfigurationException(
                        "Tokens cannot be checked without a key; give a secret of HS256, a key of RS256, or the address of a key set");
            }
            DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
            List<JWSVerificationKeySelector<SecurityContext>> remote =
                    keySets.stream().map(this::selector).toList();
            List<Key> ownSecrets = List.copyOf(secrets);
            List<Key> ownKeys = List.copyOf(publicKeys);
            processor.setJWSKeySelector((header, context) -> keys(header, context, ownSecrets, ownKeys, remote));
            JWTClaimsSet.Builder exact = new JWTClaimsSet.Builder();
            if (issuer != null) {
                exact.issuer(issuer);
            }
            Set<String> required = new HashSet<>(Set.of("exp", tenantClaim, userClaim));
            DefaultJWTClaimsVerifier<SecurityContext> verifier = new DefaultJWTClaimsVerifier<>(
                    audience == null ? null : Set.of(audience), exact.build(), required, Set.of());
            verifier.setMaxClockSkew((int) clockSkew.toSeconds());
            processor.setJWTClaimsSetVerifier(verifier);
            return new JwtAuthenticator(processor, tenantClaim, userClaim);
        }

        /** Returns the keys that fit the algorithm and no others, so that no public key can serve as a secret. */
        private static List<Key> keys(
                JWSHeader header,
                SecurityContext context,
                List<Key> secrets,
                List<Key> publicKeys,
                List<JWSVerificationKeySelector<SecurityContext>> remote)
                throws KeySourceException {
            List<Key> fitting = new ArrayList<>();
            if (header.getAlgorithm().equals(JWSAlgorithm.HS256)) {
                fitting.addAll(secrets);
            } else if (header.getAlgorithm().equals(JWSAlgorithm.RS256)) {
                fitting.addAll(publicKeys);
                for (JWSVerificationKeySelector<SecurityContext> selector : remote) {
                    fitting.addAll(selector.selectJWSKeys(header, context));
                }
            }
            return fitting;
        }

        private JWSVerificationKeySelector<SecurityContext> selector(URI address) {
            int millis = (int) Math.min(keySetLimit.toMillis(), Integer.MAX_VALUE);
            URL url;
            try {
                url = address.toURL();
            } catch (MalformedURLException | IllegalArgumentException noAddress) {
                throw new ConfigurationException("The address of a key set is no URL: " + address, noAddress);
            }
            JWKSource<SecurityContext> source = JWKSourceBuilder.create(
                            url, new DefaultResourceRetriever(millis, millis, LARGEST_KEY_SET))
                    .retrying(true)
                    .build();
            return new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, source);
        }

        private static Duration positive(Duration duration, String name) {
            if (requireNonNull(duration, name).isNegative() || duration.isZero()) {
                throw new ConfigurationException("The " + name + " is longer than nothing");
            }
            return duration;
        }
    }
}
