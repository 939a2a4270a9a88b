package dev.korm.codec.text;

/** The rule for texts that every layer can store. */
public final class StorableText {
    private StorableText() {}

    /** Returns the text itself; refuses NUL and unpaired surrogates. */
    public static String check(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c != 0 && !Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            checkUnit(c);
        }
        return text;
    }

    /** Returns whether a text can be stored. */
    public static boolean isStorable(String text) {
        try {
            check(text);
            return true;
        } catch (TypeMismatch unstorable) {
            return false;
        }
    }

    /** Refuses a code unit that is NUL or, as it stands alone, half a pair. */
    public static void checkUnit(char c) {
        if (c == 0) {
            throw new TypeMismatch("a text with U+0000 cannot be stored; take the character out, or use byte[]");
        }
        if (Character.isSurrogate(c)) {
            throw new TypeMismatch("a text with an unpaired surrogate is not Unicode; it was cut inside a character");
        }
    }
}
