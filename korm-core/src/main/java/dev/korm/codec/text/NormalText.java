package dev.korm.codec.text;

import dev.korm.Normalized.Form;
import dev.korm.spi.query.TextFolding;
import java.text.Normalizer;
import java.util.Set;

/** Texts without the differences that {@link dev.korm.Normalized} says do not count. */
public final class NormalText {
    private NormalText() {}

    /** Returns the text without them. */
    public static String of(String text, Set<Form> forms) {
        String normal = composed(text, forms);
        if (forms.contains(Form.TRIM)) {
            normal = normal.strip();
        }
        // Folding can leave letters and accents beside each other that compose.
        return forms.contains(Form.IGNORE_CASE) ? composed(TextFolding.fold(normal), forms) : normal;
    }

    private static String composed(String text, Set<Form> forms) {
        if (forms.contains(Form.NFKC)) {
            return Normalizer.normalize(text, Normalizer.Form.NFKC);
        }
        return forms.contains(Form.NFC) ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
    }
}
