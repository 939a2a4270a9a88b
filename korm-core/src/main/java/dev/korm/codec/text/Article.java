package dev.korm.codec.text;

/** The indefinite article of type names in messages: "an int", "a String". */
public final class Article {
    private Article() {}

    /** Returns the name with its article before it; a U is spoken as in UUID and URI. */
    public static String with(String typeName) {
        boolean vowel = !typeName.isEmpty() && "AEIOaeio".indexOf(typeName.charAt(0)) >= 0;
        return (vowel ? "an " : "a ") + typeName;
    }
}
