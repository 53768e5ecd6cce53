import Engine
import Foundation

/// A way into a JSON value: `data.items[0].name`, `items[*].id` for one of each.
struct JSONPath: Sendable {
    private enum Step: Sendable {
        case member(String)
        case item(Int)
        case each
    }

    private let steps: [Step]

    /// Throws `ToolFailure`.
    init(_ text: String) throws {
        var steps: [Step] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let match = part.wholeMatch(of: /([^\[\]]*)((?:\[(?:\d{1,6}|\*)\])*)/), !part.isEmpty else {
                throw ToolFailure("\(text) is no way into an answer: write it like data.items[0].name.")
            }
            if !match.1.isEmpty { steps.append(.member(String(match.1))) }
            for index in match.2.matches(of: /\[(\d+|\*)\]/) {
                steps.append(Int(index.1).map(Step.item) ?? .each)
            }
        }
        self.steps = steps
    }

    /// nil when it leads nowhere.
    func value(in value: JSONValue) -> JSONValue? { Self.value(in: value, steps[...]) }

    private static func value(in value: JSONValue, _ steps: ArraySlice<Step>) -> JSONValue? {
        guard let step = steps.first else { return value }
        let rest = steps.dropFirst()
        switch step {
        case .member(let name): return value[name].flatMap { self.value(in: $0, rest) }
        case .item(let index):
            guard let items = value.array, items.indices.contains(index) else { return nil }
            return self.value(in: items[index], rest)
        case .each: return value.array.map { .array($0.compactMap { self.value(in: $0, rest) }) }
        }
    }
}
