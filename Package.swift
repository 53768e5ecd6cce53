// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A module of ours: its sources in `Sources/name`, its arrows listed here and nowhere else.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of a module, in `Tests/nameTests`.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let package = Package(
    name: "alma",
    products: [
        .executable(name: "alma", targets: ["App"]),
        .executable(name: "alma-sandbox", targets: ["CLauncher"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .systemLibrary(name: "CCommonMark", pkgConfig: "libcmark", providers: [.apt(["libcmark-dev"])]),
        .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "CSandbox"),
        // It also runs within sandboxes, where no library of Swift's lies.
        .executableTarget(
            name: "CLauncher",
            dependencies: ["CSandbox"],
            linkerSettings: [.unsafeFlags(["-nostartfiles", "-static-stdlib"])]
        ),

        module("Postgres", ["CPostgres", .product(name: "Logging", package: "swift-log")]),
        module("Fetch", ["CCurl"]),
        module("Markdown", ["CCommonMark"]),
        module("Reading", ["CXML"]),
        module("Engine", [.product(name: "Logging", package: "swift-log")]),
        module("Providers", ["Engine", "Fetch"]),
        module("Sandbox", ["CSandbox"]),
        module(
            "Egress",
            [
                "Fetch",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        module(
            "Tools",
            ["Engine", "Fetch", "Reading", "Sandbox", "Egress", .product(name: "Logging", package: "swift-log")]
        ),
        module(
            "Storage",
            [
                "Engine", "Postgres", "CCrypt",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        module(
            "Web",
            [
                "Engine", "Storage", "Markdown",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .executableTarget(
            name: "App",
            dependencies: [
                "Postgres", "Fetch", "Markdown", "Engine", "Providers", "Sandbox", "Tools", "Storage", "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings
        ),

        tests("Postgres", ["Postgres", .product(name: "Logging", package: "swift-log")]),
        tests("Fetch", ["Fetch"]),
        tests("Markdown", ["Markdown"], resources: [.copy("Examples")]),
        tests("Reading", ["Reading"]),
        tests("Engine", ["Engine", .product(name: "Logging", package: "swift-log")]),
        tests("Providers", ["Providers", "Engine", "Fetch"]),
        tests("Sandbox", ["Sandbox", "Egress", "Fetch"]),
        tests("Egress", ["Egress", "Fetch"]),
        tests("Tools", ["Tools", "Engine", "Fetch", "Providers", "Sandbox", "Egress"]),
        tests("Storage", ["Storage", "Engine", "Postgres", .product(name: "Logging", package: "swift-log")]),
        tests(
            "Web",
            [
                "Web", "Storage", "Engine", "Postgres",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        tests(
            "App",
            [
                "App", "Engine", "Postgres", "Sandbox", "Tools",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        tests("Architecture", []),
    ],
    swiftLanguageModes: [.v6]
)
