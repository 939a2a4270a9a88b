/** Timers and counters of pools by Micrometer. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Micrometer has names, and no descriptor.
module dev.korm.micrometer {
    exports dev.korm.micrometer;

    requires static transitive dev.korm.gateway;
    requires transitive dev.korm;
    requires transitive micrometer.commons;
    requires transitive micrometer.core;
    requires transitive micrometer.observation;
    requires static transitive org.jspecify;
}
