import Engine
import Foundation
import Storage

/// What was done: who, what, to what, from where.
struct AuditView: View {
    static let template = "admin-audit"

    let page: Frame
    let title: String
    let lead: String
    /// Of everybody.
    let isWhole: Bool
    let path: String
    /// nil where all is the reader's own.
    let who: Field?
    let action: Field
    let text: Field
    let from: Field
    let to: Field
    let download: String
    let rows: [Row]
    let hasRows: Bool
    let total: String
    let pages: NumberedPager?

    struct Row: Sendable {
        let time: TimeText
        let who: String
        let email: String
        /// In words, where there are any.
        let action: String
        let code: String
        let target: String
        let changes: [Change]
        let address: String
    }

    /// One field of what has changed; nothing where it was not, or is not any more.
    struct Change: Sendable {
        let name: String
        let before: String?
        let after: String?
    }

    init(page: Frame, choice: AuditChoice, events: Paged<AuditEvent>, voice: Voice) {
        let words = voice.words
        func field(_ name: String, type: String = "text", _ placeholder: String? = nil) -> Field {
            Field(
                name,
                label: words["audit.\(name)"],
                type: type,
                value: choice.fields[name] ?? "",
                autocomplete: "off",
                placeholder: placeholder
            )
        }
        self.page = page
        isWhole = choice.isWhole
        path = choice.path
        title = words[isWhole ? "admin.place.audit" : "audit.own"]
        lead = words[isWhole ? "audit.lead" : "audit.leadOwn"]
        who = isWhole ? field("who") : nil
        action = field("action", "user.approved")
        text = field("q")
        from = field("from", type: "date")
        to = field("to", type: "date")
        download = choice.address("/export")
        rows = events.items.map { Row($0, voice) }
        hasRows = !rows.isEmpty
        total = words.count("audit.total", events.total)
        pages = NumberedPager(choice.page, total: events.total) { choice.address(page: $0) }
    }
}

extension AuditView.Row {
    init(_ event: AuditEvent, _ voice: Voice) {
        time = voice.time(event.createdAt)
        who = event.userName ?? (event.userID == nil ? "ALMA" : voice.words["runs.nobody"])
        email = event.userEmail ?? ""
        let key = Self.key(event.action)
        action = voice.words.has(key) ? voice.words[key] : event.action
        code = event.action
        target = event.target ?? ""
        changes = AuditView.Change.all(event.detail)
        address = event.address ?? ""
    }

    /// Their own words, by the code in one word: `user.approved` is `userApproved`.
    static func key(_ action: String) -> String {
        let parts = action.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let name = (parts.first ?? "") + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return "audit.act.\(name)"
    }
}

extension AuditView.Change {
    /// As much of a value as a row of a list bears.
    private static let length = 160

    static func all(_ detail: String) -> [Self] {
        guard let detail = try? JSONValue(parsing: detail) else { return [] }
        let (before, after) = (fields(detail["before"]), fields(detail["after"]))
        return Set(before.keys).union(after.keys).sorted().map { Self(name: $0, before: before[$0], after: after[$0]) }
    }

    private static func fields(_ value: JSONValue?) -> [String: String] {
        guard case .object(let fields)? = value else { return [:] }
        return fields.mapValues { value in
            let text = if case .string(let text) = value { text } else { value.text }
            return text.count > length ? text.prefix(length) + "…" : text
        }
    }
}

/// Which tools agents have called for whom, and what let them.
struct ToolCallsView: View {
    static let template = "admin-tool-calls"

    let page: Frame
    let tool: Field
    let who: Field
    let decision: Select
    let success: Select
    let from: Field
    let to: Field
    /// The person that a link has narrowed it to, for the form.
    let user: String?
    let download: String
    let filters: [Segment]
    let rows: [Row]
    let hasRows: Bool
    let total: String
    let pages: NumberedPager?

    struct Row: Sendable {
        let time: TimeText
        let tool: String
        let who: String
        let whoAddress: String
        let agent: String
        let decision: String
        let state: StateView
        let duration: String
        let size: String
    }

    init(page: Frame, choice: ToolCallChoice, calls: Paged<AuditedCall>, voice: Voice) {
        let (words, filter) = (voice.words, choice.filter)
        self.page = page
        func field(_ name: String, type: String = "text") -> Field {
            Field(
                name,
                label: words["audit.\(name)"],
                type: type,
                value: choice.fields[name] ?? "",
                autocomplete: "off"
            )
        }
        tool = field("tool")
        who = field("who")
        from = field("from", type: "date")
        to = field("to", type: "date")
        user = filter.user?.text
        download = choice.address("/admin/audit/tool-calls/export", user: filter.user)
        decision = Select(
            "decision",
            label: words["audit.decision"],
            options: [Option(value: "", label: words["runs.all"], isChosen: filter.decision == nil)]
                + ToolCallRecord.Decision.allCases.map {
                    Option(
                        value: $0.rawValue,
                        label: words["audit.decision.\($0.rawValue)"],
                        isChosen: $0 == filter.decision
                    )
                }
        )
        success = Select(
            "success",
            label: words["audit.outcome"],
            options: [
                (nil, "", "runs.all"), (true, "true", "health.state.completed"),
                (false, "false", "health.state.failed"),
            ]
            .map { Option(value: $0.1, label: words[$0.2], isChosen: $0.0 == filter.succeeded) }
        )
        let name = calls.items.first { $0.userID == filter.user }.flatMap(\.userName)
        filters =
            filter.user.map { _ in
                [Segment(name: name ?? words["usage.by.user"], address: choice.address(user: nil), isCurrent: true)]
            } ?? []
        rows = calls.items.map { Row($0, choice, voice) }
        hasRows = !rows.isEmpty
        total = words.count("audit.calls", calls.total)
        pages = NumberedPager(choice.page, total: calls.total) { choice.address(page: $0, user: filter.user) }
    }
}

extension ToolCallsView.Row {
    init(_ call: AuditedCall, _ choice: ToolCallChoice, _ voice: Voice) {
        time = voice.time(call.calledAt)
        tool = call.toolName
        who = call.userName ?? voice.words["runs.nobody"]
        whoAddress = choice.address(user: call.userID)
        agent = voice.agent(call.agentName, systemName: call.systemName) ?? ""
        decision = voice.words["audit.decision.\(call.decision.rawValue)"]
        state =
            call.succeeded
            ? StateView(kind: "done", sign: voice.icons("tick"), word: voice.words["health.state.completed"])
            : StateView(kind: "fail", sign: voice.icons("cross"), word: voice.words["health.state.failed"])
        duration = voice.duration(call.seconds)
        size = voice.bytes(Int64(call.resultBytes))
    }
}

/// The way through a list by the numbers of its pages.
struct NumberedPager: Sendable {
    let newer: String?
    let older: String?

    /// nil when everything is on one page.
    init?(_ page: Page, total: Int, address: (Int) -> String) {
        guard page.number > 1 || total > page.size else { return nil }
        newer = page.number > 1 ? address(page.number - 1) : nil
        older = page.number * page.size < total ? address(page.number + 1) : nil
    }
}
