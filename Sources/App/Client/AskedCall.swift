import Engine

/// What a run asks its person: whether a call may be made, a question, or what became of a call that a crash cut short.
struct AskedCall: Sendable, Equatable {
    /// What a line that a person typed means.
    enum Reading: Sendable, Equatable {
        /// To be sent as it is.
        case reply(JSONValue)
        /// The person wants to change the input first.
        case edit
        /// It means nothing; this is why.
        case again(String)
    }

    let run: String
    let call: String
    let tool: String
    let kind: CallRequest.Kind
    let input: JSONValue

    /// `data`: of an `approval_request`, or one of `GET /v1/approvals`.
    init?(_ data: JSONValue) {
        guard let run = data["run_id"]?.string, let call = data["call_id"]?.string,
            let kind = data["kind"]?.string.flatMap(CallRequest.Kind.init)
        else { return nil }
        (self.run, self.call, self.kind) = (run, call, kind)
        tool = data["tool_name"]?.string ?? ""
        input = data["tool_input"] ?? .null
    }

    /// Whether a tool is to be used, and not money to be spent or something to be said.
    var isToolCall: Bool { kind == .approval && tool != ToolCall.exceedBudget }

    var question: PersonQuestion? { kind == .question ? PersonQuestion(input) : nil }

    var path: String { "/v1/runs/\(run)/approvals/\(ServerCall.encoded(call))" }

    /// On one line.
    var summary: String {
        guard let question else { return input.text }
        let choices = question.choices.isEmpty ? "" : " [\(question.choices.joined(separator: " | "))]"
        return question.question + choices
    }

    /// What can be typed.
    var choices: String {
        switch kind {
        case .approval: "[y]es, [n]o, [e]dit the input, [a]lways"
        case .maybeExecuted: "do it [a]gain, take it as [d]one, [s]top"
        case .question:
            question?.choices.isEmpty == false ? "a number, or - for no answer" : "your answer, or - for none"
        }
    }

    /// What a person types, made into what the server takes.
    func reading(_ line: String) -> Reading {
        let said = line.trimmed
        switch kind {
        case .approval: return approval(said.lowercased())
        case .maybeExecuted: return fate(said.lowercased())
        case .question: return answer(said)
        }
    }

    private func approval(_ said: String) -> Reading {
        switch said {
        case "y", "yes", "approve": .reply(.object(["decision": .string("approve")]))
        case "a", "always": .reply(.object(["decision": .string("approve"), "remember": .bool(true)]))
        case "n", "no", "deny": .reply(.object(["decision": .string("deny")]))
        case "e", "edit": .edit
        default: .again("Type y, n, e or a.")
        }
    }

    private func fate(_ said: String) -> Reading {
        let found = ["again", "done", "stop"].first { $0 == said || String($0.prefix(1)) == said }
        return found.map { .reply(.object(["decision": .string($0)])) } ?? .again("Type a, d or s.")
    }

    private func answer(_ said: String) -> Reading {
        if said == "-" { return .reply(.object(["decision": .string("deny")])) }
        guard let question else { return .reply(.object(["answer": .string(said)])) }
        let numbered = Int(said).flatMap { question.choices.indices.contains($0 - 1) ? question.choices[$0 - 1] : nil }
        let answer = question.choices.contains(said) ? said : numbered ?? said
        return question.complaint(about: answer).map { .again($0) } ?? .reply(.object(["answer": .string(answer)]))
    }
}
