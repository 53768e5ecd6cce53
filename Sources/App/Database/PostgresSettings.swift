/// The server settings of our own cluster: a small, safe, quick-to-start PostgreSQL.
struct PostgresSettings {
    var socketFolder: String

    /// The text of `alma.conf`. Nothing listens on the network. Statements and values are kept out of the log, because
    /// they may hold what people wrote.
    var text: String {
        """
        # Written by ALMA at every start. Your own settings belong into postgresql.auto.conf (ALTER SYSTEM).
        listen_addresses = ''
        unix_socket_directories = \(quoted(socketFolder))
        unix_socket_permissions = 0700
        max_connections = 80
        shared_buffers = 64MB
        dynamic_shared_memory_type = posix
        work_mem = 4MB
        maintenance_work_mem = 32MB
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        wal_level = minimal
        max_wal_senders = 0
        wal_compression = on
        wal_buffers = 4MB
        max_wal_size = 512MB
        min_wal_size = 64MB
        checkpoint_timeout = 10min
        random_page_cost = 1.1
        jit = off
        max_parallel_workers_per_gather = 0
        autovacuum_naptime = 30s
        timezone = 'UTC'
        logging_collector = off
        log_destination = 'stderr'
        log_min_messages = log
        log_min_error_statement = panic
        log_error_verbosity = terse
        log_checkpoints = off
        log_line_prefix = '%m [%p] '

        """
    }

    /// A list of folders inside a string: double quotes for the one, single for the other.
    private func quoted(_ folder: String) -> String {
        let element = "\"" + folder.replacing("\"", with: "\"\"") + "\""
        return "'" + element.replacing("\\", with: "\\\\").replacing("'", with: "''") + "'"
    }
}
