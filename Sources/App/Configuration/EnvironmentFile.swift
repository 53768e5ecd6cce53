import Foundation

/// Reads a `.env` file: `NAME=value` lines, `#` comments, an optional `export`, values bare or in quotes.
struct EnvironmentFile {
    var values: [String: String] = [:]

    init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let (name, value) = Self.assignment(in: String(line)) else { continue }
            values[name] = value
        }
    }

    /// An empty one when there is no such file.
    init(path: String) throws(AppError) {
        guard FileManager.default.fileExists(atPath: path) else {
            self.init(text: "")
            return
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw AppError(.configuration, "\(path) cannot be read: check its rights, and that it is UTF-8 text.")
        }
        self.init(text: text)
    }

    private static func assignment(in line: String) -> (name: String, value: String)? {
        var line = line.trimmingCharacters(in: .whitespaces)
        if line.hasPrefix("export ") { line = String(line.dropFirst(7)) }
        guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
        let name = line[..<equals].trimmingCharacters(in: .whitespaces)
        let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        return name.isEmpty ? nil : (name, unquoted(value))
    }

    private static func unquoted(_ value: String) -> String {
        guard value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote else {
            return value
        }
        return String(value.dropFirst().dropLast())
    }
}
