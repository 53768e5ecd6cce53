import Foundation

/// The way to where an MCP server wants somebody to sign in, for an administrator to look at before they take it.
struct MCPAuthoriseView: View {
    static let template = "mcp-authorise"

    let page: Frame
    let name: String
    let text: String
    let address: String
    let back: String

    init(page: Frame, name: String, address: String, back: String, voice: Voice) {
        self.page = page
        self.name = name
        self.address = address
        self.back = back
        text = voice.words("mcp.authoriseText", ["host": URL(string: address)?.host() ?? "?"])
    }
}
