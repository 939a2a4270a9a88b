#!/usr/bin/env bash
# spring-tx and spring-jdbc 7.0.10: a TransactionException that a synchronization's beforeCommit throws is taken for one of the commit itself. There is no
# rollback, the outcome is told as UNKNOWN, and the clean-up then switches the connection back to auto-commit, by which JDBC commits what was open.
#
# AbstractPlatformTransactionManager.processCommit catches TransactionException "only caused by doCommit" and rolls back only if rollbackOnCommitFailure is
# set, which it is not by default. Any other RuntimeException from beforeCommit rolls back, as one would expect of both. So the caller of commit() gets
# an exception, and the rows are stored.
#
# Seen on Linux x86-64, OpenJDK 17, with SQLite (sqlite-jdbc 3.54.1.0) and H2 2.4.240:
#   sqlite, IllegalStateException: commit() threw, completion ROLLED_BACK, rows: 0
#   sqlite, TransactionException: commit() threw, completion UNKNOWN, rows: 1
#   h2, IllegalStateException: commit() threw, completion ROLLED_BACK, rows: 0
#   h2, TransactionException: commit() threw, completion UNKNOWN, rows: 1
# What follows: what korm throws before Spring commits is no TransactionException, so that Spring rolls back.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
<dependencies>
<dependency><groupId>org.springframework</groupId><artifactId>spring-jdbc</artifactId><version>7.0.10</version></dependency>
<dependency><groupId>org.xerial</groupId><artifactId>sqlite-jdbc</artifactId><version>3.54.1.0</version></dependency>
<dependency><groupId>com.h2database</groupId><artifactId>h2</artifactId><version>2.4.240</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.20</version></dependency>
</dependencies></project>
POM
mvn -q dependency:copy-dependencies -DoutputDirectory=lib
cat > Demo.java <<'JAVA'
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.*;
import org.springframework.transaction.support.*;

public class Demo {
    public static void main(String[] args) {
        run("sqlite", new DriverManagerDataSource("jdbc:sqlite:t.sqlite"));
        run("h2", new DriverManagerDataSource("jdbc:h2:mem:t;DB_CLOSE_DELAY=-1"));
    }

    static void run(String name, DriverManagerDataSource source) {
        JdbcTemplate jdbc = new JdbcTemplate(source);
        jdbc.execute("CREATE TABLE t (id int)");
        PlatformTransactionManager manager = new DataSourceTransactionManager(source);
        for (RuntimeException thrown : new RuntimeException[] {new IllegalStateException(), new TransactionSystemException("refused")}) {
            jdbc.execute("DELETE FROM t");
            String[] completion = {"none"};
            TransactionStatus status = manager.getTransaction(new DefaultTransactionDefinition());
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    throw thrown;
                }

                @Override
                public void afterCompletion(int end) {
                    completion[0] = end == STATUS_ROLLED_BACK ? "ROLLED_BACK" : end == STATUS_UNKNOWN ? "UNKNOWN" : "COMMITTED";
                }
            });
            jdbc.execute("INSERT INTO t VALUES (1)");
            String end;
            try {
                manager.commit(status);
                end = "returned";
            } catch (RuntimeException e) {
                end = "threw";
            }
            System.out.println(name + ", " + (thrown instanceof TransactionException ? "TransactionException" : "IllegalStateException") + ": commit() " + end
                    + ", completion " + completion[0] + ", rows: " + jdbc.queryForObject("SELECT count(*) FROM t", Integer.class));
        }
    }
}
JAVA
java -cp 'lib/*' Demo.java | tee out
diff out - <<'EXPECTED'
sqlite, IllegalStateException: commit() threw, completion ROLLED_BACK, rows: 0
sqlite, TransactionException: commit() threw, completion UNKNOWN, rows: 1
h2, IllegalStateException: commit() threw, completion ROLLED_BACK, rows: 0
h2, TransactionException: commit() threw, completion UNKNOWN, rows: 1
EXPECTED
echo "as described"
