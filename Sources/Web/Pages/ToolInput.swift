import Engine
import Foundation
import Storage

/// A tool's form as it was sent, checked.
struct ToolInput: Sendable {
    let draft: ToolFormView.Draft
    private(set) var errors = FormErrors()
    private var definition: [String: JSONValue] = [:]

    /// `kind`: of a tool that is changed; a new one says itself what it is.
    init(_ form: Form, kind: String? = nil, voice: Voice) {
        draft = ToolFormView.Draft(
            kind: kind ?? (form["kind"] == "http" ? "http" : "script"),
            name: form.trimmed("name"),
            description: form.trimmed("description").unixLines,
            schema: form.trimmed("schema").unixLines,
            parameters: form.trimmed("parameters").unixLines,
            level: form["level"],
            effect: form["effect"],
            timeLimit: form.trimmed("time_limit"),
            language: form["language"],
            code: form["code"].unixLines,
            method: form["method"],
            url: form.trimmed("url"),
            headers: form.trimmed("headers").unixLines,
            body: form.trimmed("body").unixLines,
            answer: form.trimmed("answer")
        )
        let words = voice.words
        if draft.name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]{0,63}/) == nil {
            errors.add("name", words["tools.nameWrong"])
        }
        if draft.description.isEmpty { errors.add("description", words["tools.descriptionEmpty"]) }
        checkObject("schema", draft.schema, words)
        if let parameters = draft.parameters.isEmpty ? nil : checkObject("parameters", draft.parameters, words) {
            definition["parameters"] = parameters
        }
        if Int(draft.timeLimit).map({ (1...600).contains($0) }) != true {
            errors.add("time_limit", words["tools.timeLimitWrong"])
        }
        if draft.kind == "script" { readScript() } else { readRequest(words) }
    }

    mutating func add(_ field: String, _ message: String) { errors.add(field, message) }

    var tool: ToolDraft {
        ToolDraft(
            name: draft.name,
            description: draft.description,
            type: draft.kind,
            schema: draft.schema,
            level: ToolLevel(rawValue: draft.level),
            effect: ToolEffect(rawValue: draft.effect),
            timeLimit: Int(draft.timeLimit) ?? 30,
            definition: JSONValue.object(definition).text
        )
    }

    @discardableResult
    private mutating func checkObject(_ field: String, _ text: String, _ words: Words) -> JSONValue? {
        do {
            let value = try JSONValue(parsing: text)
            if value["type"]?.string == "object" { return value }
            errors.add(field, words["tools.schemaWrong"])
        } catch {
            errors.add(field, words["tools.noJSON"])
        }
        return nil
    }

    private mutating func readScript() {
        definition["language"] = .string(draft.language)
        definition["code"] = .string(draft.code)
    }

    private mutating func readRequest(_ words: Words) {
        definition["method"] = .string(draft.method)
        definition["url"] = .string(draft.url)
        var headers: [String: JSONValue] = [:]
        for line in draft.headers.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, !parts[0].isEmpty else {
                errors.add("headers", words["tools.headersWrong"])
                continue
            }
            headers[parts[0]] = .string(parts[1])
        }
        if !headers.isEmpty { definition["headers"] = .object(headers) }
        if !draft.body.isEmpty {
            let value = try? JSONValue(parsing: draft.body)
            let isJSON = value?.object != nil || value?.array != nil
            definition["body"] = isJSON ? value : .string(draft.body)
        }
        if !draft.answer.isEmpty { definition["answer"] = .string(draft.answer) }
    }
}

extension ToolFormView.Draft {
    init(_ tool: ToolDraft) {
        let definition = (try? JSONValue(parsing: tool.definition)) ?? .null
        func text(_ name: String) -> String { definition[name]?.string ?? "" }
        self.init(
            kind: tool.type,
            name: tool.name,
            description: tool.description,
            schema: (try? JSONValue(parsing: tool.schema))?.pretty ?? tool.schema,
            parameters: definition["parameters"]?.pretty ?? "",
            level: tool.level?.rawValue ?? "",
            effect: tool.effect?.rawValue ?? "",
            timeLimit: String(tool.timeLimit),
            language: text("language"),
            code: text("code"),
            method: definition["method"]?.string ?? "GET",
            url: text("url"),
            headers: (definition["headers"]?.object ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key): \($0.value.string ?? "")" }.joined(separator: "\n"),
            body: definition["body"].map { $0.string ?? $0.pretty } ?? "",
            answer: text("answer")
        )
    }
}
