import Engine
import Foundation
import Storage
import Testing

@testable import Web

/// Which of the audit an administrator looks at.
@Suite struct AuditChoiceTests {
    @Test func oneUnreadableFieldDropsNoOther() {
        func query(_ text: String) -> QueryReader { QueryReader(Form(body: text)) }
        let user = UUID()
        let fields = "who=ada&from=soon&to=2026-01-31&user_id=\(user.uuidString)"
        let acts = AuditChoice(query(fields + "&action=budget&q=x&page=none")).filter
        #expect(acts.who == "ada" && acts.action == "budget" && acts.text == "x" && acts.user == user)
        #expect(acts.from == nil && acts.until == Date(utcDay: "2026-02-01"))
        let calls = ToolCallChoice(query(fields + "&tool=calculator")).filter
        #expect(calls.who == "ada" && calls.tool == "calculator" && calls.user == user)
        #expect(calls.from == nil && calls.until == Date(utcDay: "2026-02-01"))
    }
}
