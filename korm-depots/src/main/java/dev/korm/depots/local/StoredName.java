package dev.korm.depots.local;

/**
 * The two forms that a part of a file's name can have in a folder: as it is, or with a mark behind it. A folder holds one thing of a
 * name, while a depot can have a file {@code docs} and another {@code docs:1}. So whichever comes second gets the marked form. No part
 * of an RN has brackets, so a marked form is nobody's own name.
 */
enum StoredName {
    FILE("[file]"),
    FOLDER("[folder]");

    private final String mark;

    StoredName(String mark) {
        this.mark = mark;
    }

    /** Returns the form for when something else has the plain one. */
    String marked(String part) {
        return part + mark;
    }

    boolean isMarked(String name) {
        return name.length() > mark.length() && name.endsWith(mark);
    }

    /** Returns the part of an RN that a name stands for in either form. */
    String part(String name) {
        return isMarked(name) ? name.substring(0, name.length() - mark.length()) : name;
    }
}
