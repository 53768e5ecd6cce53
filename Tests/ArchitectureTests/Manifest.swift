import Foundation

/// `Package.swift`, read as text: which target names which others.
struct Manifest {
    private let text: String

    init() throws { text = try Repository.text("Package.swift") }

    /// Third-party packages, by the last part of their address.
    var packages: [String] {
        text.matches(of: /\.package\(url: "[^"]*\/([^"\/]+)"/).map { String($0.1) }
    }

    /// The names in the dependency list of `module`, ours and products alike; nil when it is no target.
    func dependencies(of module: String) -> Set<String>? {
        let starts = [
            "module(\"\(module)\",", "module(\n            \"\(module)\",",
            "name: \"\(module)\",\n            dependencies:",
        ]
        guard let start = starts.lazy.compactMap({ text.range(of: $0) }).first,
            let open = text[start.upperBound...].firstIndex(of: "["), let close = closing(open)
        else { return nil }
        let list = String(text[open...close])
        let products = list.matches(of: /\.product\(name: "(\w+)", package: "[^"]+"\)/)
        var plain = list
        for product in products { plain = plain.replacingOccurrences(of: String(product.0), with: "") }
        let names = plain.matches(of: /"(\w+)"/).map { String($0.1) }
        return Set(names + products.map { String($0.1) })
    }

    private func closing(_ open: String.Index) -> String.Index? {
        var depth = 0
        for index in text[open...].indices {
            if text[index] == "[" { depth += 1 }
            if text[index] == "]" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}
