import Foundation
import Testing

/// The list of attacks is complete: each has a test of its name, or a reason why it has none.
@Suite struct HostileListTests {
    @Test(
        "SB25 a program cannot see how busy the machine is",
        .disabled("the kernel is shared: an accepted risk, docs/sandbox.md")
    )
    func sideChannels() {}

    @Test func everyAttackHasItsTest() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let text = try files.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let named = Set(
            text.matches(of: /@Test\(\s*"((?:SB\d\d )+)/).flatMap { $0.1.split(separator: " ").map(String.init) }
        )
        let wanted = (1...30).map { String(format: "SB%02d", $0) }
        #expect(wanted.filter { !named.contains($0) } == [])
    }
}
