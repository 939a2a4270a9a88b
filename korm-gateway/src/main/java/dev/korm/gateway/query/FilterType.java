package dev.korm.gateway.query;

import dev.korm.gateway.wire.RefusedException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Operators, in the order of their numbers in binary queries. */
public enum FilterType {
    EQUALS("equals"),
    NOT_EQUALS("notEquals"),
    LESS_THAN("lessThan"),
    LESS_THAN_OR_EQUALS("lessThanOrEquals"),
    GREATER_THAN("greaterThan"),
    GREATER_THAN_OR_EQUALS("greaterThanOrEquals"),
    IS_NULL("isNull"),
    IS_NOT_NULL("isNotNull"),
    REGEX("regex"),
    NOT_REGEX("notRegex"),
    STARTS_WITH("startsWith"),
    ENDS_WITH("endsWith"),
    CONTAINS("contains"),
    NOT_CONTAINS("notContains"),
    ARRAY_CONTAINS("arrayContains"),
    ARRAY_CONTAINED_BY("arrayContainedBy"),
    ARRAY_OVERLAPS("arrayOverlaps"),
    ARRAY_EQUALS("arrayEquals"),
    ARRAY_NOT_EQUALS("arrayNotEquals"),
    ARRAY_EMPTY("arrayEmpty"),
    ARRAY_NOT_EMPTY("arrayNotEmpty"),
    ARRAY_LENGTH("arrayLength"),
    JSON_CONTAINS("jsonContains"),
    JSON_CONTAINED_BY("jsonContainedBy"),
    JSON_HAS_KEY("jsonHasKey"),
    JSON_HAS_ANY_KEY("jsonHasAnyKey"),
    JSON_HAS_ALL_KEYS("jsonHasAllKeys"),
    JSON_GET_FIELD("jsonGetField"),
    JSON_GET_FIELD_AS_TEXT("jsonGetFieldAsText"),
    BETWEEN("between"),
    NOT_BETWEEN("notBetween"),
    RANGE_CONTAINS("rangeContains"),
    RANGE_CONTAINED_BY("rangeContainedBy"),
    IN_LIST("inList"),
    NOT_IN_LIST("notInList");

    private static final Map<String, FilterType> BY_WORD =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(FilterType::word, Function.identity()));

    private static final List<FilterType> NUMBERED = List.of(values());

    private final String word;

    FilterType(String word) {
        this.word = word;
    }

    /** Returns the operator of a word. */
    static FilterType of(String word) {
        FilterType type = BY_WORD.get(word);
        if (type == null) {
            throw RefusedException.bad("\"" + shown(word) + "\" is no filter_type");
        }
        return type;
    }

    /** Returns the operator of a number. */
    static FilterType of(int number) {
        if (number >= values().length) {
            throw RefusedException.bad(number + " is no filter type");
        }
        return values()[number];
    }

    /** Returns the number of an operator. */
    static int number(FilterType type) {
        return NUMBERED.indexOf(type);
    }

    /** Returns the word of the wire. */
    public String word() {
        return word;
    }

    static String shown(String word) {
        return word.length() > 40 ? word.substring(0, 40) + "…" : word;
    }
}
