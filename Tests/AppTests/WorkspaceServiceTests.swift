import Foundation
import Logging
import Sandbox
import Testing

@testable import App

@Suite struct WorkspaceServiceTests {
    /// Answers as a database that knows nothing, and tells when it was asked.
    private actor Database {
        private(set) var asked: [[UUID]] = []
        private var waiter: CheckedContinuation<Void, Never>?

        func missing(_ conversations: [UUID]) -> [UUID] {
            asked.append(conversations)
            waiter?.resume()
            waiter = nil
            return conversations
        }

        func isAsked() async {
            if asked.isEmpty { await withCheckedContinuation { waiter = $0 } }
        }
    }

    @Test func itAsksAfterAWhileAndKeepsWhatADatabaseThatKnowsNothingMisses() async throws {
        let folder = try TemporaryFolder()
        let workspaces = Workspaces(path: folder.path)
        let conversation = UUID()
        try workspaces.workspace(of: conversation).write("x", [1])
        let database = Database()
        let service = WorkspaceService(
            workspaces: workspaces,
            logger: Logger(label: "test"),
            patience: .milliseconds(1)
        ) { await database.missing($0) }
        let running = Task { try await service.run() }
        await database.isAsked()
        running.cancel()
        _ = try? await running.value
        #expect(await database.asked.first == [conversation])
        #expect(try workspaces.workspace(of: conversation).read("x", limit: 1).bytes == [1])
    }

    @Test func notInTheFirstHour() async throws {
        let service = WorkspaceService(workspaces: Workspaces(path: "/nowhere"), logger: Logger(label: "test")) { _ in
            Issue.record("asked at the start")
            return []
        }
        #expect(service.patience >= .seconds(3600))
        let running = Task { try await service.run() }
        await Task.yield()
        running.cancel()
        _ = try? await running.value
    }
}
