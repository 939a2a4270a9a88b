package trial;

import dev.korm.Rn;
import dev.korm.Stored;

@Stored(namespace = "garage", kind = "car")
record Car(String make, int year, Rn<User> owner) {}
