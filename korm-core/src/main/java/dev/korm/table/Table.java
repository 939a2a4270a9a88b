package dev.korm.table;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The table of a record's items, where that is one that korm did not make: with a primary key, names and types of its own. korm reads and
 * writes its rows, and never alters it.
 *
 * <pre>{@code
 * @Table(name = "customers")
 * @Stored(namespace = "shop", kind = "customer")
 * record Customer(@Id Long id, @Column("full_name") String name, @Version int version) {}
 * }</pre>
 *
 * <p>{@link dev.korm.Stored} says how RNs name the rows. A field without {@link Column} is the column of its own name, or of that name in snake
 * case, ignoring case. Columns that no field has are left to the database.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Table {
    /** Returns the name of the table, as the database knows it. */
    String name();

    /** Returns its schema; empty for the one that the connection has. In MariaDB and MySQL, the database. */
    String schema() default "";
}
