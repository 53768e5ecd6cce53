import Foundation

/// A template as a tree of its tags, for tests that ask what it uses.
indirect enum TemplateOutline {
    case variable(String)
    case section(String, isInverted: Bool, [TemplateOutline])
    case partial(String)
    case block([TemplateOutline])

    static func parse(_ text: String) -> [TemplateOutline] {
        var tags = text.matches(of: /\{\{\{?\s*([#^\/>$<&!%]?)\s*([A-Za-z0-9._\/-]*)\s*\}?\}\}/)
            .map { (kind: String($0.1), name: String($0.2)) }[...]
        return nodes(&tags)
    }

    private static func nodes(_ tags: inout ArraySlice<(kind: String, name: String)>) -> [TemplateOutline] {
        var nodes: [TemplateOutline] = []
        while let tag = tags.popFirst() {
            switch tag.kind {
            case "/": return nodes
            case "#": nodes.append(.section(tag.name, isInverted: false, self.nodes(&tags)))
            case "^": nodes.append(.section(tag.name, isInverted: true, self.nodes(&tags)))
            case "$": nodes.append(.block(self.nodes(&tags)))
            case "<":
                nodes.append(.partial(tag.name))
                nodes.append(.block(self.nodes(&tags)))
            case ">": nodes.append(.partial(tag.name))
            case "", "&": nodes.append(.variable(tag.name))
            default: break
            }
        }
        return nodes
    }
}

/// Walks templates with a view as Mustache would, and notes names that nothing has, names whose answer may come from the
/// wrong object, and sections that never show.
struct TemplateWalk {
    let outlines: [String: [TemplateOutline]]
    private(set) var unknown: Set<String> = []
    /// Names that may be nil in the object that is meant, and that an object around it has too: Mustache would answer
    /// with that one's.
    private(set) var mistakable: Set<String> = []
    private(set) var entered: Set<String> = []

    init(_ sources: [String: String]) { outlines = sources.mapValues(TemplateOutline.parse) }

    mutating func walk(_ template: String, _ view: Any) { walk(outlines[template] ?? [], template, [view]) }

    private mutating func walk(_ nodes: [TemplateOutline], _ template: String, _ stack: [Any]) {
        for node in nodes {
            switch node {
            case .variable(let name): _ = value(name, template, stack)
            case .partial(let name): walk(outlines[name] ?? [], name, stack)
            case .block(let nodes): walk(nodes, template, stack)
            case .section(let name, let isInverted, let nodes):
                let shown = contents(of: value(name, template, stack))
                if isInverted ? shown.isEmpty : !shown.isEmpty {
                    entered.insert("\(template): \(isInverted ? "^" : "#")\(name)")
                }
                if isInverted, shown.isEmpty { walk(nodes, template, stack) }
                for item in isInverted ? [] : shown { walk(nodes, template, stack + (item is Bool ? [] : [item])) }
            }
        }
    }

    /// The objects that a section is shown for.
    private func contents(of value: Any?) -> [Any] {
        switch value {
        case nil: []
        case let flag as Bool: flag ? [true] : []
        case let list as [Any]: list
        case let one?: [one]
        }
    }

    private mutating func value(_ name: String, _ template: String, _ stack: [Any]) -> Any? {
        if name == "." { return stack.last }
        var names = name.split(separator: ".").map(String.init)[...]
        guard let first = names.popFirst() else { return nil }
        let owners = stack.reversed().map { (object: $0, child: child(first, of: $0)) }.filter(\.child.isThere)
        guard let meant = owners.first else {
            unknown.insert("\(template): \(name)")
            return nil
        }
        if meant.child.isOptional, owners.count > 1 {
            let types = owners.map { "\(type(of: $0.object))" }.joined(separator: " < ")
            mistakable.insert("\(template): \(name) of \(types)")
        }
        var found = owners.lazy.compactMap(\.child.value).first
        for name in names {
            guard let object = found else { return nil }
            if !child(name, of: object).isThere { unknown.insert("\(template): \(name)") }
            found = child(name, of: object).value
        }
        return found
    }

    private func child(_ name: String, of object: Any) -> (isThere: Bool, isOptional: Bool, value: Any?) {
        guard let child = Mirror(reflecting: object).children.first(where: { $0.label == name }) else {
            return (false, false, nil)
        }
        let mirror = Mirror(reflecting: child.value)
        guard mirror.displayStyle == .optional else { return (true, false, child.value) }
        return (true, true, mirror.children.first?.value)
    }
}

extension TemplateWalk {
    /// Every section of every template, as `entered` names them.
    var sections: Set<String> {
        outlines.reduce(into: []) { all, entry in
            func note(_ nodes: [TemplateOutline]) {
                for node in nodes {
                    switch node {
                    case .section(let name, let isInverted, let nodes):
                        all.insert("\(entry.key): \(isInverted ? "^" : "#")\(name)")
                        note(nodes)
                    case .block(let nodes): note(nodes)
                    default: break
                    }
                }
            }
            note(entry.value)
        }
    }
}
