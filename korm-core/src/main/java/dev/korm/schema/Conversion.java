package dev.korm.schema;

import dev.korm.Items;
import dev.korm.Rn;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A conversion of the values of a field that has got another type, by a function: made by {@link Items#convert(String, Function)}, done by {@link #run}.
 *
 * <p>First every value is converted without writing anything: when one cannot be, a {@link ConversionException} names the items, and nothing is changed. Then the
 * results are written in batches beside the old values, where nobody reads them; what others change meanwhile is converted again. At the end the new column takes the
 * place of the old one in one step. So readers see all values as they were, or all converted. A program that is killed leaves the old values; the next run begins anew.
 *
 * <p>Run it before the new record is read or written: until then its field does not fit the column. Programs with the old record go on until the last step. Revisions
 * stay as they are. A null stays null, and is not given to the function. The history keeps the versions of before, so items cannot be read as of a moment while the last
 * version of one is from before the conversion.
 *
 * <p>Immutable until it is run.
 */
public interface Conversion {
    /** Restricts it to another collection than the one that the record declares. */
    Conversion of(Rn<?> collection);

    /** Tells how far it has come, after each batch, in the thread that runs it. */
    Conversion onProgress(Consumer<ConversionProgress> progress);

    /**
     * Converts the values, and makes the indexes of the field anew.
     *
     * @return the number of values that were converted; 0 where there is nothing to convert, such as when it was done before
     * @throws ConversionException when values cannot be converted; nothing is changed
     * @throws dev.korm.DuplicateException when the field is unique and two values would become the same; nothing is changed
     * @throws dev.korm.SchemaException when the column holds neither what the function takes nor what the field needs
     * @throws dev.korm.ConfigurationException when the layer cannot put a column in the place of another
     */
    long run();
}
