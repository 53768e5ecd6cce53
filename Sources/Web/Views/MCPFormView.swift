import Engine
import Foundation
import Storage

/// The form in which an MCP server is added or changed.
struct MCPFormView: View {
    static let template = "mcp-form"

    let page: Frame
    let title: String
    let action: String
    let back: String
    let errors: ErrorSummary?
    /// A new one's.
    let name: Field?
    let transport: Select?
    let place: Field
    let arguments: String
    let argumentsError: String?
    /// A program's.
    let network: Field
    let secrets: String
    let secretsError: String?
    let agents: [Option]
    let isTrusted: Bool
    let isEnabled: Bool

    /// `known`: the one that is changed.
    init(page: Frame, input: MCPInput, known: MCPRecord?, agents: [Option], programs: [String], voice: Voice) {
        let (words, draft, errors) = (voice.words, input.draft, input.errors)
        self.page = page
        title = known?.name ?? words["mcp.add"]
        back = known.map { "/admin/mcp/\($0.id.text)" } ?? "/admin/mcp"
        action = known == nil ? "/admin/mcp" : back + "/edit"
        self.errors = errors.summary(
            [
                "name": words["mcp.name"], "place": words["mcp.place"], "secrets": words["mcp.secrets"],
                "arguments": words["mcp.arguments"], "network": words["mcp.network"],
            ],
            voice: voice
        )
        name = known == nil ? .name(draft, errors, words) : nil
        transport = known == nil ? .transport(draft, words) : nil
        let list = programs.joined(separator: ", ")
        place = Field(
            "place",
            label: words["mcp.place"],
            value: draft.place,
            hint: programs.isEmpty ? words["mcp.noPrograms"] : words("mcp.programs", ["names": list]),
            error: errors["place"],
            autocomplete: "off",
            maximumLength: 2000,
            isRequired: true
        )
        arguments = draft.arguments
        argumentsError = errors["arguments"]
        network = Field(
            "network",
            label: words["mcp.network"],
            value: draft.network,
            hint: words["mcp.networkHint"],
            error: errors["network"],
            autocomplete: "off",
            maximumLength: 4000
        )
        secrets = draft.secretNames
        secretsError = errors["secrets"]
        self.agents = agents
        isTrusted = draft.isTrusted
        isEnabled = draft.isEnabled
    }
}

extension Field {
    fileprivate static func name(_ draft: MCPInput.Draft, _ errors: FormErrors, _ words: Words) -> Field {
        Field(
            "name",
            label: words["mcp.name"],
            value: draft.name,
            hint: words["mcp.nameHint"],
            error: errors["name"],
            autocomplete: "off",
            maximumLength: 24,
            isRequired: true
        )
    }
}

extension Select {
    fileprivate static func transport(_ draft: MCPInput.Draft, _ words: Words) -> Select {
        Select(
            "transport",
            label: words["mcp.transport"],
            options: MCPServer.Transport.allCases.map {
                Option(
                    value: $0.rawValue,
                    label: words["mcp.transport.\($0.rawValue)"],
                    isChosen: $0 == draft.transport
                )
            }
        )
    }
}
