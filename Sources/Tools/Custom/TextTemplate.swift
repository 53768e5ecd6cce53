import Engine
import Foundation

/// A text with places for what a call brings: `{{input.NAME}}`, `{{param.NAME}}`. `{{secret:NAME}}` stays for whoever sends it.
struct TextTemplate: Sendable, Equatable {
    enum Source: String, Sendable { case input, param }

    struct Place: Sendable, Hashable {
        var source: Source
        var name: String
    }

    enum Part: Sendable, Equatable {
        case text(String)
        case place(Place)
    }

    let parts: [Part]

    /// Throws `ToolFailure` for a place that means nothing.
    init(_ text: String) throws {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw ToolFailure("A {{ has no }} after it.")
            }
            let name = rest[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespaces)
            let before = String(rest[..<open.lowerBound])
            if !before.isEmpty { parts.append(.text(before)) }
            parts.append(try Self.part(name))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    var places: Set<Place> {
        Set(parts.compactMap { if case .place(let place) = $0 { place } else { nil } })
    }

    /// The place that the text consists of; nil when there is anything else in it.
    var onlyPlace: Place? {
        if parts.count == 1, case .place(let place) = parts[0] { place } else { nil }
    }

    func filled(_ values: TemplateValues, _ encode: (String) -> String = { $0 }) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .place(let place): encode(values.text(place))
            }
        }
        .joined()
    }

    private static func part(_ name: String) throws -> Part {
        if name.wholeMatch(of: /secret:\s*[A-Za-z][A-Za-z0-9_-]*/) != nil { return .text("{{\(name)}}") }
        let words = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2, let source = Source(rawValue: words[0]), !words[1].isEmpty else {
            throw ToolFailure("{{\(name)}} means nothing: write {{input.NAME}}, {{param.NAME}} or {{secret:NAME}}.")
        }
        return .place(Place(source: source, name: words[1]))
    }
}

/// What a call brings.
struct TemplateValues: Sendable {
    let input: JSONValue
    let parameters: JSONValue

    /// nil when it was left out.
    func value(_ place: TextTemplate.Place) -> JSONValue? {
        let value = (place.source == .input ? input : parameters)[place.name]
        return value == .null ? nil : value
    }

    /// Strings as they are, everything else as JSON; nothing for what was left out.
    func text(_ place: TextTemplate.Place) -> String {
        value(place).map { $0.string ?? $0.text } ?? ""
    }
}
