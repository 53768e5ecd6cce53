import Logging

/// Decides once, before the first line, how the log looks. It goes to standard error; standard output is for people.
enum LoggingSetup {
    static func logger(level: Logger.Level, format: ServerConfiguration.LogFormat) -> Logger {
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                switch format {
                case .text: TextLogHandler()
                case .json: JSONLogHandler(label: label)
                }
            handler.logLevel = level
            return handler
        }
        return Logger(label: "alma")
    }
}
