#!/usr/bin/env bash
# Jackson 3.2.1, default settings: a JSON number beyond the range of double is read as infinity without an error, and written
# again as a text, so that a document changes its type by being read and written. A fraction read into a long loses it silently.
#
# 1e400 is valid JSON. JSON has no infinity, and Jackson writes one as the quoted text "Infinity": a store or proxy that passes
# trees or maps through has turned a number into a string. USE_BIG_DECIMAL_FOR_FLOATS keeps it.
#
# Seen with OpenJDK 17:
#   {"n":1e400} as a tree and back: {"n":"Infinity"}
#   {"n":1e400} as a map and back: {"n":"Infinity"}
#   {"n":1.9} as a record with a long: Count[n=1]
#   with USE_BIG_DECIMAL_FOR_FLOATS: {"n":1E+400}
# What follows: read floats as BigDecimal, and refuse fractions where whole numbers are declared (ACCEPT_FLOAT_AS_INT off).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies><dependency><groupId>tools.jackson.core</groupId><artifactId>jackson-databind</artifactId><version>3.2.1</version></dependency></dependencies></project>
POM
mvn -q dependency:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import java.util.Map;
import tools.jackson.databind.*;
import tools.jackson.databind.json.JsonMapper;

public class Demo {
    record Count(long n) {}

    public static void main(String[] args) {
        JsonMapper mapper = JsonMapper.builder().build();
        String text = "{\"n\":1e400}";
        System.out.println(text + " as a tree and back: " + mapper.writeValueAsString(mapper.readTree(text)));
        System.out.println(text + " as a map and back: " + mapper.writeValueAsString(mapper.readValue(text, Map.class)));
        System.out.println("{\"n\":1.9} as a record with a long: " + mapper.readValue("{\"n\":1.9}", Count.class));
        JsonMapper exact = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
        System.out.println("with USE_BIG_DECIMAL_FOR_FLOATS: " + exact.writeValueAsString(exact.readTree(text)));
    }
}
JAVA
java -cp 'lib/*' Demo.java | tee out
diff out - <<'EXPECTED'
{"n":1e400} as a tree and back: {"n":"Infinity"}
{"n":1e400} as a map and back: {"n":"Infinity"}
{"n":1.9} as a record with a long: Count[n=1]
with USE_BIG_DECIMAL_FOR_FLOATS: {"n":1E+400}
EXPECTED
echo "as described"
