import Engine
import HTTPTypes

/// A call to be tried, and what came of it.
struct ReferenceCallView: View {
    static let template = "reference-call"

    let page: Frame
    let back: String
    let chapter: String
    let action: String
    let method: String
    let path: String
    let summary: String
    let isStream: Bool
    let takesFiles: Bool
    let about: CodedText?
    let parameters: [Field]
    let files: [Field]
    let body: TextArea?
    let errors: ErrorSummary?
    let result: Result?

    struct Result: Sendable {
        let status: String
        let isFine: Bool
        let headers: [Header]
        let content: String?
    }

    struct Header: Sendable {
        let name: String
        let value: String
    }

    init(page: Frame, endpoint: Endpoint, draft: CallDraft, result: Result? = nil, voice: Voice) {
        self.page = page
        back = endpoint.explanation
        chapter = endpoint.tag.rawValue
        action = "/docs/calls/\(endpoint.operationID)"
        method = endpoint.method.rawValue
        path = endpoint.path
        summary = endpoint.summary
        isStream = endpoint.isStream
        takesFiles = endpoint.takesFiles
        about = endpoint.about.map(CodedText.init)
        let rows = SchemaRows(voice: voice)
        parameters = draft.inputs.map { input in
            Field(
                input.id,
                label: input.name,
                value: draft.values[input.id] ?? "",
                hint: CodedText.plain(
                    [rows.type(of: input.schema), input.about].compactMap(\.self).joined(separator: ". ")
                ),
                error: draft.errors[input.id],
                autocomplete: "off",
                isRequired: input.isRequired
            )
        }
        files = draft.files.map { input in
            let item: Schema? = if case .list(let one, _) = input.schema.kind { one } else { nil }
            return Field(
                input.id,
                label: input.name,
                type: "file",
                hint: (input.about ?? item?.about).map(CodedText.plain),
                isRequired: input.isRequired,
                isMultiple: item != nil
            )
        }
        body = draft.body.map {
            TextArea(
                "body",
                label: voice.words["reference.body"],
                value: $0,
                rows: min(20, max(4, $0.split(separator: "\n").count + 1)),
                isCode: true,
                hint: endpoint.content?.mediaType
            )
        }
        errors = draft.errors.summary(
            Dictionary(draft.inputs.map { ($0.id, $0.name) }) { first, _ in first },
            voice: voice
        )
        self.result = result
    }
}
