/// The house as it is drawn: what each module may import. Another arrow is a decision to be made here, with a reason.
enum Arrows {
    static let ours: [String: Set<String>] = [
        "CPostgres": [], "CCurl": [], "CCommonMark": [], "CXML": [], "CCrypt": [], "CSandbox": [],
        // The program that starts sandboxed commands; nothing imports it.
        "CLauncher": ["CSandbox"],
        "Postgres": ["CPostgres"],
        "Fetch": ["CCurl"],
        "Markdown": ["CCommonMark"],
        // What others wrote for browsers and feed readers, made readable for agents.
        "Reading": ["CXML"],
        "Engine": [],
        "Providers": ["Engine", "Fetch"],
        "Sandbox": ["CSandbox"],
        // Sandboxed programs' way out: sockets of other network namespaces, many and slow, which NIO serves without threads.
        "Egress": ["Fetch"],
        "Tools": ["Engine", "Fetch", "Reading", "Sandbox", "Egress"],
        // Passwords are hashed where they are stored.
        "Storage": ["Engine", "Postgres", "CCrypt"],
        "Web": ["Engine", "Storage", "Markdown"],
        "App": ["Postgres", "Fetch", "Markdown", "Engine", "Providers", "Sandbox", "Tools", "Storage", "Web"],
    ]

    /// The platform's own modules, open to all.
    static let platform: Set<String> = ["Foundation", "Glibc", "Synchronization", "Dispatch", "Swift"]

    /// Third-party modules, and who may use them.
    static let thirdParty: [String: Set<String>] = [
        "Postgres": ["Logging"],
        "Fetch": ["Logging"],
        "Engine": ["Logging", "Metrics", "Tracing", "ServiceLifecycle"],
        "Egress": ["NIOCore", "NIOPosix"],
        "Providers": ["Logging"],
        "Tools": ["Logging", "Subprocess"],
        "Storage": ["Logging", "Crypto"],
        "Web": [
            "Logging", "Crypto", "Hummingbird", "HummingbirdCore", "HummingbirdWebSocket", "Mustache", "JWTKit",
            "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket",
            "HTTPTypes", "AsyncAlgorithms", "ServiceLifecycle", "Metrics", "Tracing",
        ],
        "App": [
            "ArgumentParser", "Configuration", "Hummingbird", "Logging", "ServiceLifecycle", "UnixSignals",
            "Subprocess",
            "Metrics", "Tracing",
        ],
    ]

    /// The packages that may stand in `Package.swift`.
    static let packages: Set<String> = [
        "hummingbird", "swift-mustache", "jwt-kit", "swift-crypto", "swift-argument-parser", "swift-configuration",
        "swift-log", "swift-metrics", "swift-distributed-tracing", "swift-service-lifecycle", "swift-subprocess",
        "swift-async-algorithms", "swift-nio", "swift-http-types", "hummingbird-websocket",
    ]
}
