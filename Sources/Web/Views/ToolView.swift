import Engine
import Foundation
import Storage

/// One tool: what models read of it, what it takes, what it may touch, who uses it.
struct ToolView: View {
    static let template = "tool"

    let page: Frame
    let name: String
    let about: String
    let level: String
    let description: String
    let fields: [Field]
    let hasFields: Bool
    let schema: String
    let facts: [Fact]
    let use: [Use]
    let hasUse: Bool
    /// What the organisation says about it; nil for those who do not lead it.
    let policy: Policy?

    struct Policy: Sendable {
        let action: String
        let select: Select
    }

    /// Something of its input.
    struct Field: Sendable {
        let name: String
        let type: String
        let isRequired: Bool
        let about: String
    }

    struct Use: Sendable {
        let agent: String
        let address: String?
        let calls: String
        let failed: String
        let cached: String
        let time: String
        let last: TimeText
    }

    init(page: Frame, tool: ToolRecord, use: [ToolUse], rule: ToolPolicy.Rule?, mayDecide: Bool, voice: Voice) {
        let words = voice.words
        self.page = page
        name = tool.name
        about = voice.about(tool: tool.name, tool.description)
        level = words["level.\(tool.level.rawValue)"]
        description = tool.description
        fields = SchemaOutline(tool.schema).fields.map {
            Field(name: $0.name, type: $0.type, isRequired: $0.isRequired, about: $0.about)
        }
        hasFields = !fields.isEmpty
        schema = (try? JSONValue(parsing: tool.schema))?.pretty ?? tool.schema
        let calls = use.reduce(0) { $0 + $1.calls }
        facts = [
            Fact(name: words["tools.kind"], value: words["tools.type.\(tool.type)"]),
            Fact(name: words["tools.level"], value: level),
            Fact(name: words["tools.effect"], value: words["effect.\(tool.effect.rawValue)"]),
            Fact(name: words["tools.version"], value: tool.version),
            Fact(name: words["tools.calls"], value: calls.grouped),
        ]
        self.use = use.map {
            Use(
                agent: $0.agentName ?? words["tools.goneAgent"],
                address: $0.agentName == nil ? nil : "/agents/\($0.agentID.text)",
                calls: $0.calls.grouped,
                failed: $0.failedCalls.grouped,
                cached: $0.cachedCalls.grouped,
                time: voice.duration($0.seconds),
                last: voice.time($0.lastUsedAt)
            )
        }
        hasUse = !use.isEmpty
        policy =
            mayDecide
            ? Policy(
                action: "/tools/\(tool.id.text)/policy",
                select: .policy("decision", label: words["tools.policy"], rule, voice)
            ) : nil
    }
}
