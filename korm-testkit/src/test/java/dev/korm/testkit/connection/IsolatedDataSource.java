package dev.korm.testkit.connection;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;

/** A data source whose connections have an isolation level, as a user may have set it. */
public final class IsolatedDataSource {
    private IsolatedDataSource() {}

    public static DataSource at(int level, DataSource source) {
        return (DataSource) Proxy.newProxyInstance(
                IsolatedDataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, given) -> {
                    try {
                        Object answer = method.invoke(source, given);
                        if (answer instanceof Connection connection) {
                            connection.setTransactionIsolation(level);
                        }
                        return answer;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }
}
