import ArgumentParser
import Foundation

/// `alma tools`: what agents can be given to do. Needs no server.
struct ToolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "List the program's own tools, or write their manual."
    )

    @Flag(help: "The manual as Markdown, which is docs/tools.md.")
    var markdown = false

    func run() async throws {
        let manual = try await ToolManual.whole()
        print(markdown ? manual.markdown : manual.list, terminator: markdown ? "" : "\n")
    }
}
