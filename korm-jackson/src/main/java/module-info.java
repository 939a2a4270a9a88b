/** Items of korm, and the values in them, as JSON. */
module dev.korm.jackson {
    exports dev.korm.jackson;

    requires transitive dev.korm;
    requires transitive tools.jackson.databind;
    requires static transitive org.jspecify;

    provides tools.jackson.databind.JacksonModule with
            dev.korm.jackson.KormModule;
}
