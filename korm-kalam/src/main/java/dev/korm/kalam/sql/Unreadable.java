package dev.korm.kalam.sql;

import java.util.regex.Pattern;

/** Expressions in the list of a SELECT whose values the server cannot write, so that its answer breaks off. */
final class Unreadable {
    private static final Pattern LITERALS = Pattern.compile("'(?:[^']|'')*+'|--[^\\n]*+|/\\*(?:[^*]|\\*(?!/))*+\\*/");
    private static final Pattern CAST_TO_TEXT = Pattern.compile("(?i)\\bAS\\s+TEXT\\s*\\)|::\\s*TEXT\\b");
    private static final Pattern JSON_GET = Pattern.compile("(?i)\\bjson_get\\s*\\(");
    private static final Pattern SELECTED = Pattern.compile("(?is)^\\s*SELECT\\b(.*?)(?:\\bFROM\\b.*)?$");

    private Unreadable() {}

    static void refuse(String sql) {
        if (!CAST_TO_TEXT.matcher(sql).find() && !JSON_GET.matcher(sql).find()) {
            return;
        }
        java.util.regex.Matcher list = SELECTED.matcher(LITERALS.matcher(sql).replaceAll("''"));
        if (!list.matches()) {
            return;
        }
        if (CAST_TO_TEXT.matcher(list.group(1)).find()) {
            throw new IllegalArgumentException(
                    "The server cannot answer CAST(… AS TEXT) or ::TEXT in the list of a SELECT: write arrow_cast(…, 'Utf8')");
        }
        if (JSON_GET.matcher(list.group(1)).find()) {
            throw new IllegalArgumentException(
                    "The server cannot answer a bare json_get(…): write json_as_text(…), json_get_json(…) or ->>");
        }
    }
}
