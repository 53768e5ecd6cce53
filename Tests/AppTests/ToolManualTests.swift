import Foundation
import Testing

@testable import App

@Suite struct ToolManualTests {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/tools.md")

    /// `alma tools --markdown >docs/tools.md` writes it anew.
    @Test func theManualIsWhatTheToolsSay() async throws {
        let manual = try await ToolManual.whole()
        #expect(try String(contentsOf: Self.page, encoding: .utf8) == manual.markdown)
    }

    @Test func everyToolHasItsPage() async throws {
        let manual = try await ToolManual.whole()
        #expect(Set(manual.names).count == manual.names.count)
        #expect(manual.names.contains("run_code") && manual.names.contains("plan"))
        for name in manual.names { #expect(manual.markdown.contains("## `\(name)`\n")) }
        #expect(manual.list.split(separator: "\n").count == manual.names.count)
    }
}
