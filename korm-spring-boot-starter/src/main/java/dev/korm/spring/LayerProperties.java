package dev.korm.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The properties of one layer: a URL, or a bean of the application. */
public class LayerProperties {
    /** The name of the DataSource bean that connections are taken from. */
    private @Nullable String dataSource;

    /** The name of a LayerSource bean, for whatever these properties cannot say. */
    private @Nullable String source;

    /** The URL of the database: jdbc:postgresql:…, jdbc:mariadb:…, jdbc:mysql:…, jdbc:sqlite:file, jdbc:sqlite::memory:. */
    private @Nullable String url;

    /** The user who connects. */
    private @Nullable String username;

    /** The user's password. */
    private @Nullable String password;

    /** The schema that holds the tables; PostgreSQL alone. */
    private @Nullable String schema;

    /** Whether the layer takes no changes. */
    private boolean readOnly;

    /** How many connections there are at the most; not with a data source, which has a size of its own. */
    private @Nullable Integer poolSize;

    /** How long a call waits for a connection. */
    private @Nullable Duration poolTimeout;

    /** How long a call waits for a lock that another transaction holds. */
    private @Nullable Duration busyTimeout;

    /** How long a statement may take, in place of the pool's timeout. */
    private @Nullable Duration timeout;

    /** From when on a statement is logged as slow. */
    private @Nullable Duration slowStatements;

    public @Nullable String getDataSource() {
        return dataSource;
    }

    public void setDataSource(@Nullable String dataSource) {
        this.dataSource = dataSource;
    }

    public @Nullable String getSource() {
        return source;
    }

    public void setSource(@Nullable String source) {
        this.source = source;
    }

    public @Nullable String getUrl() {
        return url;
    }

    public void setUrl(@Nullable String url) {
        this.url = url;
    }

    public @Nullable String getUsername() {
        return username;
    }

    public void setUsername(@Nullable String username) {
        this.username = username;
    }

    public @Nullable String getPassword() {
        return password;
    }

    public void setPassword(@Nullable String password) {
        this.password = password;
    }

    public @Nullable String getSchema() {
        return schema;
    }

    public void setSchema(@Nullable String schema) {
        this.schema = schema;
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    public void setReadOnly(boolean readOnly) {
        this.readOnly = readOnly;
    }

    public @Nullable Integer getPoolSize() {
        return poolSize;
    }

    public void setPoolSize(@Nullable Integer poolSize) {
        this.poolSize = poolSize;
    }

    public @Nullable Duration getPoolTimeout() {
        return poolTimeout;
    }

    public void setPoolTimeout(@Nullable Duration poolTimeout) {
        this.poolTimeout = poolTimeout;
    }

    public @Nullable Duration getBusyTimeout() {
        return busyTimeout;
    }

    public void setBusyTimeout(@Nullable Duration busyTimeout) {
        this.busyTimeout = busyTimeout;
    }

    public @Nullable Duration getSlowStatements() {
        return slowStatements;
    }

    public void setSlowStatements(@Nullable Duration slowStatements) {
        this.slowStatements = slowStatements;
    }

    public @Nullable Duration getTimeout() {
        return timeout;
    }

    public void setTimeout(@Nullable Duration timeout) {
        this.timeout = timeout;
    }
}
