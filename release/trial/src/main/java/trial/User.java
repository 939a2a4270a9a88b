package trial;

import dev.korm.Stored;

@Stored(namespace = "people", kind = "user")
record User(String name) {}
