package dev.korm.jdbc.session;

import dev.korm.ConfigurationException;

/** Libraries that a program brings for the databases that it uses. */
public final class DriverCheck {
    private DriverCheck() {}

    /**
     * Refuses to go on without one.
     *
     * @param type which layer needs it
     */
    public static void require(String type, String className, String artifact) {
        if (!isThere(className)) {
            throw new ConfigurationException(
                    "A " + type + " layer needs the library " + artifact + ". Add it to the program's dependencies");
        }
    }

    static boolean isThere(String className) {
        try {
            Class.forName(className, false, DriverCheck.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
