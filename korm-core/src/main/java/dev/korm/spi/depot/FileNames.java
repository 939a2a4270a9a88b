package dev.korm.spi.depot;

import dev.korm.Rn;
import dev.korm.depot.FileNameException;

/** The rule for the RNs that a depot accepts, whatever it stores files in. */
public final class FileNames {
    private FileNames() {}

    /**
     * Checks that an RN names a file of the depot.
     *
     * @throws FileNameException when it names something else
     */
    public static void requireFile(Rn<?> rn, String depot) {
        if (rn.form() != Rn.Form.FILE) {
            throw new FileNameException(
                    depot,
                    rn,
                    rn + " is not the RN of a single file, which is [rn][depot::" + depot + "]:folder:name",
                    null);
        }
        require(rn, depot);
        if (rn.depotParts().get(0).equals(Depot.OWN)) {
            throw new FileNameException(
                    depot,
                    rn,
                    rn + " lies in " + Depot.OWN + ", which the depot keeps for itself; choose another",
                    null);
        }
    }

    /**
     * Checks that an RN names files of the depot.
     *
     * @throws FileNameException when it names something else
     */
    public static void requirePrefix(Rn<?> rn, String depot) {
        if (rn.form() != Rn.Form.PREFIX) {
            throw new FileNameException(
                    depot,
                    rn,
                    rn + " is not a prefix; all files of a folder are [rn][depot::" + depot + "]:folder:*",
                    null);
        }
        require(rn, depot);
    }

    private static void require(Rn<?> rn, String depot) {
        if (!rn.depot().orElse("").equals(depot)) {
            throw new FileNameException(depot, rn, rn + " names files of another depot than \"" + depot + "\"", null);
        }
        if (rn.toString().codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            throw new FileNameException(
                    depot, rn, "A file of \"" + depot + "\" cannot have half of a surrogate pair in its name", null);
        }
    }
}
