/**
 * The conversion of a field's values by a function, in batches beside the old values, which the new ones replace in one step.
 *
 * <p>Begin with {@link dev.korm.engine.convert.ConversionRun}, whose head tells the steps. Uses
 * {@code engine.context}, {@code engine.federation}, {@code engine.item}, {@code engine.layer},
 * {@code engine.observe}, {@code model}, {@code model.former}, {@code model.row} and {@code schema}.
 */
@NullMarked
package dev.korm.engine.convert;

import org.jspecify.annotations.NullMarked;
