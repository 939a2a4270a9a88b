CREATE NAMESPACE IF NOT EXISTS todo;

-- A table of each user's own: nobody sees the tasks of others, and no statement needs to say whose they are.
CREATE USER TABLE IF NOT EXISTS todo.todos (
    id BIGINT PRIMARY KEY DEFAULT SNOWFLAKE_ID(),
    title TEXT NOT NULL,
    completed BOOLEAN DEFAULT false,
    created_at TIMESTAMP DEFAULT NOW()
);
