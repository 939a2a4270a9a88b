/**
 * What every pool holds of sealed and hashed fields: kept from sight, found again, and sealed anew under another key.
 *
 * <p>Begin with {@link dev.korm.testkit.contract.secret.SecretsContract}. Uses {@code testkit.contract}.
 */
@NullMarked
package dev.korm.testkit.contract.secret;

import org.jspecify.annotations.NullMarked;
