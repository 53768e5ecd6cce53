import Engine
import Foundation
import Storage

/// The form in which a tool is made or changed.
struct ToolFormView: View {
    static let template = "tool-form"

    let page: Frame
    let title: String
    let action: String
    let back: String
    let kind: String
    /// How such a tool works.
    let note: String
    let errors: ErrorSummary?
    /// The version that the form was opened with: of a later one nothing is overwritten unseen.
    let opened: String?
    /// Whether there is a later one.
    let overtaken: OvertakenView?
    let name: Field
    let description: TextArea
    let schema: TextArea
    let parameters: TextArea
    let level: Select
    let effect: Select
    let timeLimit: Field
    let script: Script?
    let request: Request?

    struct Script: Sendable {
        let language: Select
        let code: TextArea
    }

    struct Request: Sendable {
        let method: Select
        let url: Field
        let headers: TextArea
        let body: TextArea
        let answer: Field
    }

    /// What was typed.
    struct Draft: Sendable, Equatable {
        var kind = "script"
        var name = ""
        var description = ""
        var schema = """
            {
              "type": "object",
              "required": ["text"],
              "properties": {
                "text": {"type": "string"}
              }
            }
            """
        var parameters = ""
        var level = ""
        var effect = ""
        var timeLimit = "30"
        var language = "python"
        var code = ""
        var method = "GET"
        var url = ""
        var headers = ""
        var body = ""
        var answer = ""

        /// Of a tool that is to be made: a script has something to begin with.
        static func beginning(_ kind: String) -> Draft {
            var draft = Draft(kind: kind)
            if kind == "script" {
                draft.code = """
                    import json, sys

                    given = json.load(sys.stdin)
                    print(given["text"].upper())
                    """
            }
            return draft
        }
    }

    /// `id` is nil for a tool that is to be made.
    init(
        page: Frame,
        id: UUID?,
        draft: Draft,
        opened: Int? = nil,
        overtaken: OvertakenView? = nil,
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.opened = opened.map(String.init)
        self.overtaken = overtaken
        title = id == nil ? words["tools.new.\(draft.kind)"] : draft.name
        action = id.map { "/tools/\($0.text)/edit" } ?? "/tools/new"
        back = id.map { "/tools/\($0.text)" } ?? "/tools"
        kind = draft.kind
        note = words[draft.kind == "http" ? "tools.requestText" : "tools.scriptText"]
        self.errors = errors.summary(Self.labels(words), voice: voice)
        let fields = ToolFields(errors: errors, words: words)
        name = fields.field("name", draft.name, most: 64)
        description = fields.area("description", draft.description, rows: 4)
        schema = fields.area("schema", draft.schema, isCode: true)
        parameters = fields.area("parameters", draft.parameters, rows: 3, isCode: true)
        timeLimit = fields.field("time_limit", draft.timeLimit, mode: "numeric", most: 3)
        level = fields.select(
            "level",
            [("", words["tools.formLevelLeast"])]
                + ToolLevel.allCases.map { ($0.rawValue, words["level.\($0.rawValue)"]) },
            draft.level
        )
        effect = fields.select(
            "effect",
            [("", words["tools.formEffectUsual"])]
                + ToolEffect.allCases.map { ($0.rawValue, words["effect.\($0.rawValue)"]) },
            draft.effect
        )
        script =
            draft.kind == "script"
            ? Script(
                language: fields.select("language", Self.languages, draft.language),
                code: fields.area("code", draft.code, rows: 14, isCode: true)
            ) : nil
        let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map { ($0, $0) }
        request =
            draft.kind == "http"
            ? Request(
                method: fields.select("method", methods, draft.method),
                url: fields.field("url", draft.url, most: 4000),
                headers: fields.area("headers", draft.headers, rows: 3, isCode: true),
                body: fields.area("body", draft.body, rows: 5, isCode: true),
                answer: fields.field("answer", draft.answer, most: 500)
            ) : nil
    }

    static let languages = [("python", "Python"), ("javascript", "JavaScript"), ("shell", "Shell")]

    private static func labels(_ words: Words) -> [String: String] {
        let names = [
            "name", "description", "schema", "parameters", "time_limit", "level", "effect", "language", "code",
            "method",
            "url", "headers", "body", "answer",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, words["tools.form.\($0)"]) })
    }
}

/// Fields of the form, by their names.
private struct ToolFields {
    let errors: FormErrors
    let words: Words

    private func hint(_ name: String) -> String? {
        let key = "tools.formHint.\(name)"
        return words.has(key) ? words[key] : nil
    }

    func field(_ name: String, _ value: String, mode: String? = nil, most: Int? = nil) -> Field {
        Field(
            name,
            label: words["tools.form.\(name)"],
            value: value,
            hint: hint(name),
            error: errors[name],
            autocomplete: "off",
            inputMode: mode,
            maximumLength: most
        )
    }

    func area(_ name: String, _ value: String, rows: Int = 8, isCode: Bool = false) -> TextArea {
        TextArea(
            name,
            label: words["tools.form.\(name)"],
            value: value,
            rows: rows,
            isCode: isCode,
            hint: hint(name),
            error: errors[name]
        )
    }

    func select(_ name: String, _ options: [(String, String)], _ chosen: String) -> Select {
        Select(
            name,
            label: words["tools.form.\(name)"],
            options: options.map { Option(value: $0.0, label: $0.1, isChosen: $0.0 == chosen) },
            error: errors[name]
        )
    }
}
