package dev.korm.examples.wildlife;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds airports by names as pilots report them: {@code BALTIMORE WASH INTL} is "Baltimore-Washington International".
 *
 * <p>Names are compared as sets of words, written out and without words that say nothing. A reported name means an airport of
 * the state
 * <ol>
 *   <li>with the same words, or else
 *   <li>with all its words in name or city ({@code LOGAN INTL} is "Gen Edw L Logan Intl"), or else
 *   <li>with no words but its own ({@code NEWARK LIBERTY INTL} is "Newark Intl"),
 * </ol>
 * and the first of these that fits any airport has to fit one alone; a guess would be worse than no answer.
 *
 * @param <A> what is found
 */
final class AirportNames<A> {
    private static final Map<String, String> WRITTEN_OUT = Map.of(
            "INTL", "INTERNATIONAL",
            "NATL", "NATIONAL",
            "METRO", "METROPOLITAN",
            "WASH", "WASHINGTON",
            "FT", "FORT");
    private static final Set<String> SAYING_NOTHING = Set.of("AIRPORT", "ARPT", "AFB");

    private final Map<String, List<Known<A>>> byState = new HashMap<>();
    private final Map<Asked, Optional<A>> answers = new HashMap<>();

    private record Known<A>(Set<String> name, Set<String> nameAndCity, A airport) {}

    private record Asked(String name, String stateName) {}

    void add(String name, String city, String state, A airport) {
        Set<String> nameAndCity = words(name + " " + city);
        byState.computeIfAbsent(state, any -> new ArrayList<>()).add(new Known<>(words(name), nameAndCity, airport));
        answers.clear();
    }

    /**
     * Returns the airport of a reported name.
     *
     * @param stateName the state's name, such as {@code New York}
     */
    Optional<A> find(String name, String stateName) {
        return answers.computeIfAbsent(new Asked(name, stateName), asked -> search(name, stateName));
    }

    private Optional<A> search(String name, String stateName) {
        Set<String> states = States.around(stateName);
        List<Known<A>> candidates = states.stream()
                .flatMap(state -> byState.getOrDefault(state, List.of()).stream())
                .toList();
        Set<String> asked = words(name);
        // "LAGUARDIA NY" repeats the state.
        asked.removeAll(states);
        List<Predicate<Known<A>>> rules = List.of(
                known -> known.name().equals(asked),
                known -> known.nameAndCity().containsAll(asked),
                known -> asked.containsAll(known.name()));
        for (Predicate<Known<A>> rule : rules) {
            List<Known<A>> fitting = candidates.stream().filter(rule).toList();
            if (!fitting.isEmpty()) {
                return fitting.size() == 1 ? Optional.of(fitting.get(0).airport()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Set<String> words(String text) {
        Set<String> words = new HashSet<>();
        for (String word :
                text.toUpperCase(Locale.ROOT).replace("'", "").replace("(", " ").split("[^A-Z0-9]+")) {
            if (!word.isEmpty() && !SAYING_NOTHING.contains(word)) {
                words.add(WRITTEN_OUT.getOrDefault(word, word));
            }
        }
        return words;
    }
}
