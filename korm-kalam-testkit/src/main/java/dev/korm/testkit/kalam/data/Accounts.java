package dev.korm.testkit.kalam.data;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Users, their passwords and roles, and the tokens made for them. */
public final class Accounts {
    private static final Set<String> ROLES = Set.of("user", "service", "dba", "system");
    private static final int FAILURES = 5;
    private static final Duration LOCK = Duration.ofMinutes(15);

    /** A refusal, in one of the two shapes that errors have. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;
        private final String kind;

        public Refused(int status, String kind, String message) {
            super(message, null, false, false);
            this.status = status;
            this.kind = kind;
        }

        public int status() {
            return status;
        }

        public String kind() {
            return kind;
        }
    }

    private record Account(String id, String salt, String hash, String role, boolean isDropped) {}

    private static final class Failures {
        private int count;
        private Instant until = Instant.MIN;
    }

    private final Database database;
    private final byte[] secret;
    private final Duration lifetime;
    private final Map<String, Failures> failures = new ConcurrentHashMap<>();

    public Accounts(Database database, Duration lifetime) {
        this.database = database;
        this.lifetime = lifetime;
        this.secret = database.locked(open -> {
            open.execute(
                    "CREATE TABLE IF NOT EXISTS \"/users\" (id TEXT PRIMARY KEY, salt TEXT, hash TEXT, role TEXT, dropped BOOLEAN)");
            open.execute("CREATE TABLE IF NOT EXISTS \"/secret\" (value TEXT)");
            if (open.rows("SELECT value FROM \"/secret\"").isEmpty()) {
                open.execute("INSERT INTO \"/secret\" VALUES (?)", random(32));
            }
            return ((String) java.util.Objects.requireNonNull(
                            open.rows("SELECT value FROM \"/secret\"").get(0)[0]))
                    .getBytes(StandardCharsets.UTF_8);
        });
    }

    private static String random(int bytes) {
        byte[] made = new byte[bytes];
        new SecureRandom().nextBytes(made);
        return Base64.getEncoder().encodeToString(made);
    }

    private static String hash(String password, String salt) {
        try {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt.getBytes(StandardCharsets.UTF_8), 1000, 256);
            return Base64.getEncoder()
                    .encodeToString(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(spec)
                            .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public boolean needsSetup() {
        return find("root") == null;
    }

    public void create(String id, String password, String role) {
        if (id.isBlank() || id.contains("..") || id.contains("/") || id.contains("\\") || id.indexOf('\0') >= 0) {
            throw SqlFailure.execution("Invalid user id");
        }
        if (!ROLES.contains(role)) {
            throw SqlFailure.execution("Unknown role '" + role + "'");
        }
        if (find(id) != null) {
            throw SqlFailure.execution("User '" + id + "' already exists");
        }
        String salt = random(12);
        database.locked(open ->
                open.update("INSERT INTO \"/users\" VALUES (?, ?, ?, ?, 0)", id, salt, hash(password, salt), role));
    }

    void alter(String id, @Nullable String password, @Nullable String role) {
        if (find(id) == null) {
            throw SqlFailure.execution("User '" + id + "' not found");
        }
        if (password != null) {
            String salt = random(12);
            database.locked(open -> open.update(
                    "UPDATE \"/users\" SET salt = ?, hash = ? WHERE id = ?", salt, hash(password, salt), id));
        }
        if (role != null) {
            database.locked(open -> open.update("UPDATE \"/users\" SET role = ? WHERE id = ?", role, id));
        }
    }

    void drop(String id, boolean isLenient) {
        int changed = database.locked(
                open -> open.update("UPDATE \"/users\" SET dropped = 1 WHERE id = ? AND dropped = 0", id));
        if (changed == 0 && !isLenient) {
            throw SqlFailure.execution("User '" + id + "' not found");
        }
    }

    /** Returns a user's role; unknown ids count as users. */
    public String roleOf(String id) {
        Account account = find(id);
        return account == null ? "user" : account.role();
    }

    boolean exists(String id) {
        return find(id) != null;
    }

    private @Nullable Account find(String id) {
        List<Account> found = database.locked(
                open -> open.rows("SELECT id, salt, hash, role, dropped FROM \"/users\" WHERE id = ?", id).stream()
                        .map(Accounts::account)
                        .toList());
        return found.isEmpty() ? null : found.get(0);
    }

    private static Account account(@Nullable Object[] row) {
        return new Account(
                String.valueOf(row[0]),
                String.valueOf(row[1]),
                String.valueOf(row[2]),
                String.valueOf(row[3]),
                "1".equals(String.valueOf(row[4])));
    }

    public Map<String, @Nullable Object> login(String id, String password) throws Refused {
        if (id.equals("root") && password.isEmpty() && needsSetup()) {
            throw new Refused(428, "setup_required", "Server requires initial setup");
        }
        Failures failed = failures.computeIfAbsent(id, first -> new Failures());
        synchronized (failed) {
            if (Instant.now().isBefore(failed.until)) {
                throw new Refused(401, "account_locked", "15 minute(s)");
            }
            Account account = find(id);
            if (account == null || account.isDropped() || !account.hash().equals(hash(password, account.salt()))) {
                if (++failed.count >= FAILURES) {
                    failed.until = Instant.now().plus(LOCK);
                }
                throw new Refused(401, "unauthorized", "Invalid credentials");
            }
            failed.count = 0;
            return pair(account);
        }
    }

    public Map<String, @Nullable Object> refresh(@Nullable String token) throws Refused {
        if (token == null) {
            throw new Refused(401, "unauthorized", "No refresh token found");
        }
        JsonNode claims = claims(token);
        if (!claims.path("token_type").asString("").equals("refresh")) {
            throw new Refused(401, "unauthorized", "Refresh endpoint requires a refresh token");
        }
        return pair(account(claims));
    }

    private Account account(JsonNode claims) throws Refused {
        Account account = find(claims.path("sub").asString(""));
        if (account == null
                || account.isDropped()
                || !account.role().equals(claims.path("role").asString(""))) {
            throw new Refused(401, "INVALID_CREDENTIALS", "Invalid credentials");
        }
        return account;
    }

    /** Returns who the access token was made for. */
    public Caller caller(String token) throws Refused {
        JsonNode claims = claims(token);
        if (!claims.path("token_type").asString("").equals("access")) {
            throw new Refused(401, "INVALID_CREDENTIALS", "Invalid credentials");
        }
        Account account = account(claims);
        return new Caller(account.id(), account.role(), "default", false);
    }

    /** Returns the caller of a request that is trusted without credentials. */
    public Caller callerNamed(String user) {
        return new Caller(user, roleOf(user), "default", false);
    }

    public Map<String, @Nullable Object> me(String id) {
        Map<String, @Nullable Object> user = new LinkedHashMap<>();
        user.put("id", id);
        user.put("role", roleOf(id));
        user.put("email", null);
        user.put("created_at", "2026-01-01T00:00:00+00:00");
        user.put("updated_at", "2026-01-01T00:00:00+00:00");
        return user;
    }

    private Map<String, @Nullable Object> pair(Account account) {
        Instant now = Instant.now();
        Map<String, @Nullable Object> pair = new LinkedHashMap<>();
        pair.put("user", me(account.id()));
        pair.put(
                "admin_ui_access",
                account.role().equals("dba") || account.role().equals("system"));
        pair.put("expires_at", text(now.plus(lifetime)));
        pair.put("access_token", token(account, "access", now.plus(lifetime)));
        pair.put("refresh_token", token(account, "refresh", now.plus(lifetime.multipliedBy(7))));
        pair.put("refresh_expires_at", text(now.plus(lifetime.multipliedBy(7))));
        return pair;
    }

    private static String text(Instant time) {
        return OffsetDateTime.ofInstant(time, ZoneOffset.UTC).toString();
    }

    private String token(Account account, String type, Instant expires) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", account.id());
        claims.put("iss", "kalamdb");
        claims.put("exp", expires.getEpochSecond());
        claims.put("iat", Instant.now().getEpochSecond());
        claims.put("jti", random(9));
        claims.put("role", account.role());
        claims.put("token_type", type);
        // The fraction is no claim of the real server's; it lets tests have tokens that live for less than a second.
        claims.put("exp_ms", expires.toEpochMilli());
        String head = part(Map.of("alg", "HS256", "typ", "JWT")) + "." + part(claims);
        return head + "." + signature(head);
    }

    private static String part(Map<String, ?> json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(JsonMapper.shared().writeValueAsBytes(json));
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode claims(String token) throws Refused {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3
                || !MessageDigest.isEqual(
                        signature(parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII),
                        parts[2].getBytes(StandardCharsets.UTF_8))) {
            throw new Refused(401, "INVALID_CREDENTIALS", "Invalid credentials");
        }
        JsonNode claims = JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(parts[1]));
        if (claims.path("exp_ms").asLong() < System.currentTimeMillis()) {
            throw new Refused(401, "TOKEN_EXPIRED", "Invalid credentials");
        }
        return claims;
    }
}
