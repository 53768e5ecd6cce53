import Foundation
import Testing

@testable import Sandbox

/// When the folders of conversations go, and when they do not.
@Suite final class SweepTests {
    private let workspaces = Workspaces(path: "/tmp/alma-sweep-\(UUID().uuidString)")
    private let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let (alive, dead) = (UUID(), UUID())

    init() throws {
        for id in [alive, dead] { try workspaces.workspace(of: id).write("a/b", Array(id.uuidString.utf8)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: workspaces.path) }

    private func sweep(after hours: Double = 0, missing: [UUID]) async throws -> Workspaces.Sweep {
        try await workspaces.sweep(at: start + hours * 3600) { asked in asked.filter(missing.contains) }
    }

    private func holds(_ id: UUID) throws -> Bool {
        (try? workspaces.workspace(of: id).read("a/b", limit: 100).bytes) == Array(id.uuidString.utf8)
    }

    private var names: Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: workspaces.path)) ?? [])
    }

    @Test func aDayLaterItGoes() async throws {
        #expect(try await sweep(missing: [dead]) == .init(setAside: 1))
        #expect(names == [alive.folderName, "gone-1800000000-\(dead.folderName)"])
        #expect(try await sweep(after: 23.9, missing: [dead]) == .init())
        #expect(try await sweep(after: 24, missing: [dead]) == .init(removed: 1))
        #expect(names == [alive.folderName])
        #expect(try holds(alive))
    }

    @Test func whoseConversationIsThereAgainIsBroughtBack() async throws {
        _ = try await sweep(missing: [dead])
        #expect(try await sweep(after: 48, missing: []) == .init(broughtBack: 1))
        #expect(try holds(dead) && names.count == 2)
    }

    @Test func whoAsksForOneThatWasSetAsideHasIt() async throws {
        _ = try await sweep(missing: [dead])
        #expect(try holds(dead) && names == [alive.folderName, dead.folderName])
    }

    @Test func whatAConversationHasMeanwhileIsNotReplaced() async throws {
        _ = try await sweep(missing: [dead])
        mkdir("\(workspaces.path)/\(dead.folderName)", 0o700)
        #expect(try await sweep(after: 48, missing: []) == .init())
        #expect(names.count == 3)
    }

    @Test func aDatabaseThatKnowsNoneOfThemIsNotBelieved() async throws {
        _ = try await sweep(missing: [dead])
        #expect(try await sweep(after: 48, missing: [alive, dead]) == .init(isDoubtful: true))
        #expect(names.count == 2)
        #expect(try holds(alive) && holds(dead))
    }

    @Test func whatAnEarlierVersionHasLeftHalfDeletedGoes() async throws {
        rename("\(workspaces.path)/\(dead.folderName)", "\(workspaces.path)/gone-\(dead.folderName)")
        mkdir("\(workspaces.path)/somebody-elses", 0o700)
        #expect(try await sweep(missing: [dead]) == .init(removed: 1))
        #expect(names == [alive.folderName, "somebody-elses"])
    }

    @Test func withoutFoldersThereIsNothingToDoubt() async throws {
        let none = Workspaces(path: "/tmp/alma-none-\(UUID().uuidString)")
        #expect(try await none.sweep { $0 } == .init())
    }

    @Test func aDatabaseThatDoesNotAnswerChangesNothing() async throws {
        struct Away: Error {}
        await #expect(throws: Away.self) { _ = try await workspaces.sweep { _ in throw Away() } }
        #expect(names == [alive.folderName, dead.folderName])
    }
}
