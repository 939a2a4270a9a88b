package dev.korm.model.reference;

/**
 * A field of a record that is a reference itself.
 *
 * @param index among the fields of the record
 * @param target the type of the items that it names
 */
public record ReferenceField(int index, Class<?> target) {}
