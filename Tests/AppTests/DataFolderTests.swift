import Foundation
import Testing

@testable import App

/// One owner a folder, sockets where the kernel takes them.
@Suite struct DataFolderTests {
    private let temporary: TemporaryFolder

    init() throws { temporary = try TemporaryFolder() }

    @Test func isMadeClosedToOthers() throws {
        let folder = try DataFolder(path: temporary.path + "/deep/data")
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        let permissions = try #require(attributes[.posixPermissions] as? NSNumber)
        #expect(permissions.intValue & 0o066 == 0)
    }

    @Test func secondOwnerIsRefusedUntilTheFirstGoes() async throws {
        let folder = try DataFolder(path: temporary.path)
        var first = try DataFolderLock.take(folder)
        #expect(first != nil)
        #expect(try DataFolderLock.take(folder) == nil)
        #expect(DataFolderLock.owner(of: folder) == "\(getpid())")
        first = nil
        var isFree = false
        // A program that another test starts holds what this one held, until it has become itself.
        for _ in 0..<500 where !isFree {
            isFree = try DataFolderLock.take(folder) != nil
            if !isFree { try await Task.sleep(for: .milliseconds(10)) }
        }
        #expect(isFree)
    }

    @Test func socketsOfDeepFoldersLieElsewhere() throws {
        let user = ServiceUser(name: "me", user: geteuid(), group: getegid(), isOther: false)
        #expect(try SocketFolder.make(in: temporary.path, for: user) == temporary.path + "/run")
        let deep = temporary.path + "/" + String(repeating: "x", count: 90)
        let folder = try SocketFolder.make(in: deep, for: user)
        #expect("\(folder)/.s.PGSQL.5432".utf8.count <= 107)
        #expect(try SocketFolder.make(in: deep, for: user) == folder)
        rmdir(folder)
    }

    @Test func socketFolderOfSomebodyElseIsRefused() throws {
        let stranger = ServiceUser(name: "other", user: geteuid() + 12_345, group: getegid(), isOther: false)
        _ = mkdir(temporary.path + "/run", 0o700)
        #expect(throws: AppError.self) { try SocketFolder.make(in: temporary.path, for: stranger) }
    }
}
