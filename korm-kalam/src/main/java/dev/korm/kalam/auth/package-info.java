/**
 * Credentials and the answers to them. Begin with {@link dev.korm.kalam.auth.Auth}.
 */
@NullMarked
package dev.korm.kalam.auth;

import org.jspecify.annotations.NullMarked;
