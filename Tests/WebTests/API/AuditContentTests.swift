import Foundation
import HTTPTypes
import Testing

/// What the audit says of an act, and what it leaves out.
@Suite struct AuditContentTests {
    /// Beyond where a beginning would have been kept.
    @Test func aChangeOfAnInstructionLeavesATraceAndNoWord() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let long = String(repeating: "secretive ", count: 500)
            for end in ["one", "two!"] {
                let said = try await root.put("/v1/instructions", #"{"instance":"\#(long)\#(end)"}"#)
                #expect(said.status == 200)
            }
            let acts = try await root.get("/v1/audit/events?action=instructions.changed")
            #expect(acts.count("data") == 2 && !acts.text.contains("secretive"))
            let known = acts.string("data.1.detail.after.instance_digest")
            #expect(known?.hasPrefix("sha256:") == true && known?.count == 71)
            #expect(acts.string("data.0.detail.before.instance_digest") == known)
            #expect(acts.string("data.0.detail.after.instance_digest") != known)
            #expect(acts.number("data.0.detail.before.instance_length") == 5003)
            #expect(acts.number("data.0.detail.after.instance_length") == 5004)
            #expect(acts.string("data.0.detail.after.organization_digest") == nil, "that one stayed")
        }
    }

    @Test func theTableSaysWhatTheListSays() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let ada = try await Caller(client: site.client).newcomer("ada")
            let budget = #"{"scope":"user","period":"day","amount":5}"#
            let made = try #require(try await ada.post("/v1/budgets", budget).string("data.budget_id"))
            _ = try await ada.patch("/v1/budgets/\(made)", #"{"amount":6}"#)
            _ = try await ada.delete("/v1/budgets/\(made)")
            let me = try #require(try await ada.get("/v1/users/me").string("data.user_id"))
            let list = try await root.get("/v1/audit/events?action=budget")
            let table = try await root.get("/v1/audit/events?format=csv&action=budget")
            #expect(table.headers[.contentType]?.hasPrefix("text/csv") == true)
            let lines = table.text.split(whereSeparator: \.isNewline)
            #expect(lines.first == "created_at,user_id,user_name,user_email,action,target,detail,address")
            #expect(lines.count == 4)
            for (index, action) in ["budget.deleted", "budget.updated", "budget.created"].enumerated() {
                let time = try #require(list.string("data.\(index).created_at"))
                #expect(lines[index + 1].hasPrefix("\(time),\(me),ada,\"ada@example.com\",\(action),\(made),"))
            }
            // A cell with quotes and commas in it is one cell.
            let change = lines[2].replacing("\"\"", with: "\"")
            #expect(
                change.contains(/"before": ?\{[^}]*"amount": ?5/) && change.contains(/"after": ?\{[^}]*"amount": ?6/)
            )
        }
    }
}
