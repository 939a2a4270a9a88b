/**
 * A client of KalamDB. Begin with {@link dev.korm.kalam.KalamClient}.
 *
 * <p>Packages use those below them alone: {@code kalam}, {@code consumer}, {@code live}, {@code http}, {@code file}, {@code sql},
 * {@code auth}, {@code settings}, {@code error}.
 */
@NullMarked
package dev.korm.kalam;

import org.jspecify.annotations.NullMarked;
