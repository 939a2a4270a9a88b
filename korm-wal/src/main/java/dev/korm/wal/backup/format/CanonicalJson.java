package dev.korm.wal.backup.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form of the JSON texts that stores write most: without escapes, and with numbers that are written plainly. It is made in one pass over the bytes, and equal to that of
 * {@link Json#canonicalByParsing}, which takes all others. For one thread.
 */
final class CanonicalJson {
    private static final int DEEPEST = 100;

    /** Digits of whole numbers that fit 64 bits whatever they are. */
    private static final int WHOLE_DIGITS = 18;

    /** Zeros behind the point from which on a number may be written with an exponent. */
    private static final int SMALL = 5;

    /** The first bytes of characters from which on the order of bytes is another than that of the characters of a {@link String}. */
    private static final int OTHER_ORDER = 0xee;

    private final byte[] text;
    private final int end;
    private final Bytes out;
    private int at;

    private CanonicalJson(byte[] text, int from, int to, Bytes out) {
        this.text = text;
        this.at = from;
        this.end = to;
        this.out = out;
    }

    /** Adds the canonical form of a text in UTF-8; adds nothing and returns false where more than one pass is needed. */
    static boolean append(byte[] text, int from, int to, Bytes out) {
        int begin = out.size();
        CanonicalJson json = new CanonicalJson(text, from, to, out);
        if (json.value(DEEPEST)) {
            json.space();
            if (json.at == to) {
                return true;
            }
        }
        out.truncate(begin);
        return false;
    }

    private void space() {
        while (at < end && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) {
            at++;
        }
    }

    /** Takes a character, with the space before it. */
    private boolean take(char wanted) {
        space();
        boolean there = at < end && text[at] == wanted;
        if (there) {
            at++;
        }
        return there;
    }

    /** Takes a value; returns false where it is none, or not a plain one. */
    private boolean value(int depth) {
        space();
        if (depth == 0 || at == end) {
            return false;
        }
        return switch (text[at]) {
            case '"' -> string();
            case '[' -> array(depth);
            case '{' -> object(depth);
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        };
    }

    private boolean word(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
        int to = at + bytes.length;
        if (to > end || !Arrays.equals(text, at, to, bytes, 0, bytes.length)) {
            return false;
        }
        out.write(bytes, 0, bytes.length);
        at = to;
        return true;
    }

    private boolean string() {
        int quote = Bytes.plain(text, at + 1, end);
        if (quote == end || text[quote] != '"') {
            return false;
        }
        out.write(text, at, quote + 1 - at);
        at = quote + 1;
        return true;
    }

    private boolean number() {
        int from = at;
        at += text[at] == '-' ? 1 : 0;
        int whole = digits();
        boolean zero = whole == 1 && text[at - 1] == '0';
        if (whole == 0 || whole > WHOLE_DIGITS || (!zero && text[at - whole] == '0')) {
            return false;
        }
        if (at < end && text[at] == '.') {
            at++;
            int fraction = at;
            boolean small = zero && zeros() >= SMALL;
            at = fraction;
            if (digits() == 0 || small || text[at - 1] == '0') {
                return false;
            }
        } else if (zero && text[from] == '-') {
            return false;
        }
        if (at < end && (text[at] == 'e' || text[at] == 'E')) {
            return false;
        }
        out.write(text, from, at - from);
        return true;
    }

    private int digits() {
        int from = at;
        while (at < end && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at - from;
    }

    private int zeros() {
        int from = at;
        while (at < end && text[at] == '0') {
            at++;
        }
        return at - from;
    }

    private boolean array(int depth) {
        at++;
        out.write('[');
        if (!take(']')) {
            if (!value(depth - 1)) {
                return false;
            }
            while (take(',')) {
                out.write(',');
                if (!value(depth - 1)) {
                    return false;
                }
            }
            if (!take(']')) {
                return false;
            }
        }
        out.write(']');
        return true;
    }

    /** A member as it was added: where it begins, with the quote, where its name ends, and where its value does. */
    private record Member(int from, int name, int to) {
        static int compare(byte[] in, Member one, Member other) {
            return Arrays.compareUnsigned(in, one.from + 1, one.name, in, other.from + 1, other.name);
        }
    }

    private boolean object(int depth) {
        at++;
        out.write('{');
        List<Member> members = new ArrayList<>();
        boolean sorted = true;
        if (!take('}')) {
            do {
                if (!members.isEmpty()) {
                    out.write(',');
                }
                Member member = member(depth);
                if (member == null) {
                    return false;
                }
                sorted &= members.isEmpty() || Member.compare(out.array(), members.get(members.size() - 1), member) < 0;
                members.add(member);
            } while (take(','));
            if (!take('}')) {
                return false;
            }
        }
        out.write('}');
        return sorted || sort(members);
    }

    private @Nullable Member member(int depth) {
        space();
        int from = out.size();
        if (at == end || text[at] != '"' || !string()) {
            return null;
        }
        int name = out.size() - 1;
        for (int i = from; i < name; i++) {
            if ((out.array()[i] & 0xff) >= OTHER_ORDER) {
                return null;
            }
        }
        if (!take(':')) {
            return null;
        }
        out.write(':');
        return value(depth - 1) ? new Member(from, name, out.size()) : null;
    }

    /** Brings the members of the object that was added last into the order of their names; false where two have one. */
    private boolean sort(List<Member> members) {
        int begin = members.get(0).from();
        byte[] before = Arrays.copyOfRange(out.array(), begin, out.size());
        List<Member> there = new ArrayList<>();
        members.forEach(each -> there.add(new Member(each.from() - begin, each.name() - begin, each.to() - begin)));
        Comparator<Member> byName = (one, other) -> Member.compare(before, one, other);
        there.sort(byName);
        out.truncate(begin);
        for (int i = 0; i < there.size(); i++) {
            Member member = there.get(i);
            if (i > 0) {
                if (byName.compare(there.get(i - 1), member) == 0) {
                    return false;
                }
                out.write(',');
            }
            out.write(before, member.from(), member.to() - member.from());
        }
        out.write('}');
        return true;
    }
}
