import Configuration
import Foundation

/// The places that values come from, the strongest first: flags, environment, `.env`, file.
struct ConfigurationSources: Sendable {
    /// Where a value was found, and the value as text.
    struct Finding: Sendable, Equatable {
        var text: String
        var source: String
    }

    private var providers: [(name: String, provider: any ConfigProvider)]

    /// Reads `.env` in the current folder and the file that `ALMA_CONFIG` names, by default `alma.json`.
    static func standard(flags: [ConfigurationFlag]) async throws -> ConfigurationSources {
        let environment = ProcessInfo.processInfo.environment
        let file = try EnvironmentFile(path: ".env").values
        let named = environment["ALMA_CONFIG"] ?? file["ALMA_CONFIG"]
        return try await ConfigurationSources(
            flags: flags,
            environment: environment,
            environmentFile: file,
            configurationFile: named ?? "alma.json",
            fileMayBeMissing: named == nil
        )
    }

    init(
        flags: [ConfigurationFlag] = [],
        environment: [String: String] = [:],
        environmentFile: [String: String] = [:],
        configurationFile: String? = nil,
        fileMayBeMissing: Bool = true
    ) async throws {
        let flagValues = flags.map { ($0.option.key, ConfigValue($0.content, isSecret: false)) }
        providers = [
            ("flag", InMemoryProvider(name: "flags", values: Dictionary(flagValues) { _, last in last })),
            ("environment", EnvironmentVariablesProvider(environmentVariables: Self.nonEmpty(environment))),
            (".env", EnvironmentVariablesProvider(environmentVariables: Self.nonEmpty(environmentFile))),
        ]
        guard let path = configurationFile else { return }
        providers.append((path, try await Self.jsonFile(path, allowMissing: fileMayBeMissing)))
    }

    /// The strongest value of `option`; nil when nobody gives one. Throws when it is not of the option's type.
    func find(_ option: ConfigurationOption) throws(AppError) -> Finding? {
        for (name, provider) in providers {
            do {
                guard let value = try provider.value(forKey: option.key, type: option.type).value else { continue }
                return Finding(text: value.content.text, source: name)
            } catch {
                throw AppError(.configuration, "\(option.variable) (from \(name)) must be \(option.type.inWords).")
            }
        }
        return nil
    }

    /// `NAME=` in an environment means "not set", as container tools write it.
    private static func nonEmpty(_ variables: [String: String]) -> [String: String] {
        variables.filter { !$0.value.isEmpty }
    }

    private static func jsonFile(_ path: String, allowMissing: Bool) async throws -> any ConfigProvider {
        let place = InMemoryProvider(values: [
            "filePath": ConfigValue(.string(path), isSecret: false),
            "allowMissing": ConfigValue(.bool(allowMissing), isSecret: false),
        ])
        do {
            return try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: place))
        } catch {
            throw AppError(
                .configuration,
                "\(path) cannot be used as configuration: \(error). It must be a JSON object."
            )
        }
    }
}

/// A value given on the command line.
struct ConfigurationFlag: Sendable {
    var option: ConfigurationOption
    var content: ConfigContent

    init(_ option: ConfigurationOption, _ text: String) {
        self.option = option
        content = .string(text)
    }

    init(_ option: ConfigurationOption, _ number: Int) {
        self.option = option
        content = .int(number)
    }
}

extension ConfigContent {
    fileprivate var text: String {
        switch self {
        case .string(let value): value
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .bool(let value): String(value)
        default: ""
        }
    }
}

extension ConfigType {
    fileprivate var inWords: String {
        switch self {
        case .int: "a whole number"
        case .bool: "true or false"
        default: "text"
        }
    }
}
