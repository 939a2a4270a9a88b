package dev.korm.crypto.password;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * The written forms of others' hashes: crypt's and the PHC's, and those of Spring Security, Django, passlib, and Node's and Go's libraries.
 */
final class ForeignForms {
    private static final int LONGEST = 1024;
    private static final String B64 = "([A-Za-z0-9+/.]+={0,2})";
    private static final String NUMBER = "(\\d{1,9})";

    private static final Pattern MARKED = Pattern.compile("\\{([A-Za-z0-9@_.]+)}(.+)");
    private static final Pattern ARGON2 = Pattern.compile("\\$argon2(id|i|d)(\\$.+)");
    private static final Pattern BCRYPT =
            Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})");
    private static final Pattern PBKDF2 =
            Pattern.compile("\\$pbkdf2(?:-(sha1|sha256|sha512))?\\$(?:i=)?" + NUMBER + "\\$" + B64 + "\\$" + B64);
    private static final Pattern SCRYPT =
            Pattern.compile("\\$scrypt\\$ln=(\\d{1,2}),r=" + NUMBER + ",p=" + NUMBER + "\\$" + B64 + "\\$" + B64);
    private static final Pattern SPRING_SCRYPT = Pattern.compile("\\$([0-9a-f]{5,6})\\$" + B64 + "\\$" + B64);
    private static final Pattern DJANGO_PBKDF2 =
            Pattern.compile("pbkdf2_(sha1|sha256)\\$" + NUMBER + "\\$([^$]+)\\$" + B64);
    private static final Pattern DJANGO_SCRYPT =
            Pattern.compile("scrypt\\$" + NUMBER + "\\$([^$]+)\\$" + NUMBER + "\\$" + NUMBER + "\\$" + B64);
    private static final Pattern SIMPLE_SCRYPT =
            Pattern.compile(NUMBER + "\\$" + NUMBER + "\\$" + NUMBER + "\\$((?:[0-9a-f]{2})+)\\$((?:[0-9a-f]{2})+)");
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})+");

    /** A form, and how its groups become a hash. */
    private record Form(Pattern pattern, Reading reading) {}

    @FunctionalInterface
    private interface Reading {
        @Nullable ForeignHash of(Matcher text);
    }

    private static final List<Form> FORMS = List.of(
            new Form(MARKED, text -> marked(text.group(1), text.group(2))),
            new Form(ARGON2, text -> argon2(text.group(1), text.group(2))),
            new Form(BCRYPT, text -> bcrypt(text, false)),
            new Form(PBKDF2, ForeignForms::pbkdf2),
            new Form(
                    SCRYPT,
                    text -> number(text, 1) > Scrypt.MOST_LOG_N
                            ? null
                            : Scrypt.hash(
                                    1 << number(text, 1),
                                    number(text, 2),
                                    number(text, 3),
                                    base64(text.group(4)),
                                    base64(text.group(5)))),
            new Form(SPRING_SCRYPT, ForeignForms::springScrypt),
            new Form(
                    DJANGO_PBKDF2,
                    text -> Pbkdf2.hash(text.group(1), number(text, 2), utf8(text.group(3)), base64(text.group(4)))),
            new Form(Pattern.compile("argon2(\\$argon2.+)"), text -> ForeignHash.parse(text.group(1))),
            new Form(Pattern.compile("bcrypt\\$(" + BCRYPT.pattern() + ")"), text -> djangoBcrypt(text, false)),
            new Form(Pattern.compile("bcrypt_sha256\\$(" + BCRYPT.pattern() + ")"), text -> djangoBcrypt(text, true)),
            new Form(
                    DJANGO_SCRYPT,
                    text -> Scrypt.hash(
                            number(text, 1),
                            number(text, 3),
                            number(text, 4),
                            utf8(text.group(2)),
                            base64(text.group(5)))),
            new Form(
                    SIMPLE_SCRYPT,
                    text -> Scrypt.hash(
                            number(text, 1),
                            number(text, 2),
                            number(text, 3),
                            HexFormat.of().parseHex(text.group(4)),
                            HexFormat.of().parseHex(text.group(5)))));

    private ForeignForms() {}

    static @Nullable ForeignHash parse(String text) {
        if (text.length() > LONGEST) {
            return null;
        }
        for (Form form : FORMS) {
            Matcher matcher = form.pattern().matcher(text);
            if (matcher.matches()) {
                return form.reading().of(matcher);
            }
        }
        return null;
    }

    /** Reads what stands behind a mark of Spring Security's {@code DelegatingPasswordEncoder}. */
    private static @Nullable ForeignHash marked(String mark, String rest) {
        return switch (mark) {
            case "bcrypt" -> only(BCRYPT, rest);
            case "scrypt", "scrypt@SpringSecurity_v5_8" -> only(SPRING_SCRYPT, rest);
            case "argon2", "argon2@SpringSecurity_v5_8" -> only(ARGON2, rest);
            // Its text holds neither the function nor the iterations: these are the defaults of the class.
            case "pbkdf2" -> springPbkdf2("sha1", 185_000, 8, rest);
            case "pbkdf2@SpringSecurity_v5_8" -> springPbkdf2("sha256", 310_000, 16, rest);
            default -> null;
        };
    }

    private static @Nullable ForeignHash only(Pattern pattern, String text) {
        return pattern.matcher(text).matches() ? parse(text) : null;
    }

    private static @Nullable ForeignHash argon2(String kind, String rest) {
        PhcString parameters = PhcString.parse("$argon2id" + rest);
        if (parameters == null) {
            return null;
        }
        int type =
                switch (kind) {
                    case "id" -> Argon2Parameters.ARGON2_id;
                    case "i" -> Argon2Parameters.ARGON2_i;
                    default -> Argon2Parameters.ARGON2_d;
                };
        return ForeignHash.argon2(type, parameters);
    }

    private static @Nullable ForeignHash bcrypt(Matcher text, boolean digested) {
        return Bcrypt.hash(number(text, 1), text.group(2), text.group(3), digested);
    }

    private static @Nullable ForeignHash djangoBcrypt(Matcher text, boolean digested) {
        Matcher inner = BCRYPT.matcher(text.group(1));
        return inner.matches() ? bcrypt(inner, digested) : null;
    }

    private static @Nullable ForeignHash pbkdf2(Matcher text) {
        String digest = text.group(1) == null ? "sha1" : text.group(1);
        return Pbkdf2.hash(digest, number(text, 2), base64(text.group(3)), base64(text.group(4)));
    }

    /** Reads a scrypt hash whose parameters are one number: log₂ N, r and p, in two, one and one bytes. */
    private static @Nullable ForeignHash springScrypt(Matcher text) {
        int parameters = Integer.parseInt(text.group(1), 16);
        int logN = parameters >> 16;
        return logN > Scrypt.MOST_LOG_N
                ? null
                : Scrypt.hash(
                        1 << logN,
                        parameters >> 8 & 0xff,
                        parameters & 0xff,
                        base64(text.group(2)),
                        base64(text.group(3)));
    }

    private static @Nullable ForeignHash springPbkdf2(String digest, int iterations, int saltBytes, String hex) {
        if (!HEX.matcher(hex).matches() || hex.length() <= 2 * saltBytes) {
            return null;
        }
        return Pbkdf2.hash(
                digest,
                iterations,
                HexFormat.of().parseHex(hex, 0, 2 * saltBytes),
                HexFormat.of().parseHex(hex, 2 * saltBytes, hex.length()));
    }

    private static int number(Matcher text, int group) {
        return Integer.parseInt(text.group(group));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads Base64, also with passlib's point instead of a plus; empty when it is malformed. */
    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text.replace('.', '+'));
        } catch (IllegalArgumentException malformed) {
            return new byte[0];
        }
    }
}
