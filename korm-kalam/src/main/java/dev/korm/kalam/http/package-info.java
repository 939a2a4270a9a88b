/**
 * Requests over HTTP. Begin with {@link dev.korm.kalam.http.HttpTransport}.
 */
@NullMarked
package dev.korm.kalam.http;

import org.jspecify.annotations.NullMarked;
