import Foundation
import Postgres
import Testing
import Web

@testable import App

@Suite struct BackupFolderTests {
    private let temporary: TemporaryFolder

    init() throws { temporary = try TemporaryFolder() }

    private func touch(_ name: String, in folder: BackupFolder, _ text: String = "dump") throws {
        try text.write(toFile: "\(folder.path)/\(name)", atomically: false, encoding: .utf8)
    }

    @Test func onlyWholeBackupsAreListedTheNewestFirst() throws {
        let folder = BackupFolder(path: temporary.path + "/deep/backups")
        try folder.prepare()
        for name in ["alma-1-migration.dump", "alma-2-manual.dump", "alma.part", "other.dump", "alma-3.txt", ".lock"] {
            try touch(name, in: folder)
        }
        #expect(folder.files.map(\.name) == ["alma-2-manual.dump", "alma-1-migration.dump"])
        #expect(folder.files.map(\.kind) == [.manual, .migration] && folder.files[0].bytes == 4)
        #expect(folder.writtenBytes == 4)
        #expect(folder.bytes(of: "alma-2-manual.dump", from: 1, limit: 2) == Array("um".utf8))
        #expect(folder.bytes(of: "alma-2-manual.dump", from: 4) == [])
    }

    @Test(arguments: ["../alma-1-manual.dump", "other.dump", "alma-/x.dump", "alma-1.part", "alma-\u{0}.dump", ""])
    func noNameLeadsElsewhere(_ name: String) throws {
        let folder = BackupFolder(path: temporary.path)
        try touch("other.dump", in: folder)
        #expect(folder.bytes(of: name, from: 0) == [] && !folder.delete(name))
        #expect(FileManager.default.fileExists(atPath: "\(folder.path)/other.dump"))
    }

    @Test func ofMigrationsTenStayAndOfPeopleAll() throws {
        let folder = BackupFolder(path: temporary.path)
        for number in 10..<24 {
            try touch("alma-\(number)-migration.dump", in: folder)
            try touch("alma-\(number)-manual.dump", in: folder)
        }
        folder.removeOldMigrationBackups()
        let kinds = Dictionary(grouping: folder.files, by: \.kind)
        #expect(kinds[.manual]?.count == 14 && kinds[.migration]?.count == 10)
        #expect(kinds[.migration]?.last?.name == "alma-14-migration.dump")
    }

    @Test func whatIsBegunIsNobodyElsesToRead() throws {
        let folder = BackupFolder(path: temporary.path)
        let elsewhere = try temporary.file("elsewhere", "theirs")
        try FileManager.default.createSymbolicLink(atPath: folder.script, withDestinationPath: elsewhere)
        chmod(elsewhere, 0o644)
        try folder.begin(folder.script)
        let made = try FileManager.default.attributesOfItem(atPath: folder.script)
        #expect(made[.posixPermissions] as? Int == 0o600 && made[.type] as? FileAttributeType == .typeRegular)
        #expect(try String(contentsOfFile: elsewhere, encoding: .utf8) == "theirs")
        #expect(throws: AppError.self) { try BackupFolder(path: "/nowhere").begin("/nowhere/alma.part") }
    }

    @Test func whatAKilledProcessLeftGoesWithTheNextLock() throws {
        let folder = BackupFolder(path: temporary.path)
        let left = [folder.part, folder.script]
        func make() throws { for file in left { try folder.begin(file) } }
        func count() -> Int { left.count { FileManager.default.fileExists(atPath: $0) } }
        try make()
        let lock = try BackupFolderLock(folder)
        #expect(count() == 0)
        // What is being written is not a second one's to take.
        try make()
        #expect(throws: AppError.self) { try BackupFolderLock(folder) }
        #expect(count() == 2)
        withExtendedLifetime(lock) {}
    }

    @Test func nothingIsRestoredWhileABackupIsUnderWay() async throws {
        let folder = BackupFolder(path: temporary.path)
        let lock = try BackupFolderLock(folder)
        try folder.begin(folder.script)
        let backup = DatabaseBackup(folder: folder, database: try DatabaseConfiguration(url: "postgresql:///none"))
        let error = await #expect(throws: AppError.self) { try await backup.restore("/nowhere/at-all.dump") }
        #expect(error?.message.contains("is under way") == true)
        #expect(FileManager.default.fileExists(atPath: folder.script))
        withExtendedLifetime(lock) {}
    }

    @Test func placesAreInTheOrderOfTime() {
        let folder = BackupFolder(path: "/backups")
        let place = folder.place(for: .manual, at: Date(timeIntervalSince1970: 1_800_000_000))
        #expect(place == "/backups/alma-2027-01-15T080000-000Z-manual.dump")
    }
}
