import Engine
import Foundation
import Storage
import Testing

/// Sealing, and the files that keys lie in.
@Suite struct SecretsTests {
    private let place = SealedPlace(table: "llmconfigs", row: .v7(), column: "api_key_encrypted")

    @Test func whatIsSealedOpensInItsPlaceOnly() throws {
        let keys = SealingKeys.ephemeral()
        let sealed = try keys.seal(Secret("sk-123"), in: place)
        #expect(sealed.hasPrefix("v1.\(keys.currentKeyID)."))
        #expect(try keys.open(sealed, in: place) == Secret("sk-123"))
        #expect(try keys.seal(Secret("sk-123"), in: place) != sealed)
        for other in [
            SealedPlace(table: "llmconfigs", row: .v7(), column: "api_key_encrypted"),
            SealedPlace(table: "other", row: place.row, column: place.column),
            SealedPlace(table: place.table, row: place.row, column: "other"),
        ] {
            #expect(throws: StorageError.self) { try keys.open(sealed, in: other) }
        }
        #expect(throws: StorageError.self) { try SealingKeys.ephemeral().open(sealed, in: place) }
        for broken in ["", "v1", "v1.x.y", "v2.\(sealed.dropFirst(3))", String(sealed.dropLast(4)), sealed + "AAAA"] {
            #expect(throws: StorageError.self) { try keys.open(broken, in: place) }
        }
    }

    @Test func theKeyFileIsMadeOnceAndRotated() throws {
        try withFolder { folder in
            let first = try SealingKeys.load(directory: folder)
            let sealed = try first.seal(Secret("old"), in: place)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/sealing.keys")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try SealingKeys.load(directory: folder).currentKeyID == first.currentKeyID)
            let second = try SealingKeys.rotate(directory: folder)
            #expect(second.currentKeyID != first.currentKeyID)
            #expect(try second.open(sealed, in: place) == Secret("old"))
            #expect(second.isCurrent(sealed) == false)
            #expect(try SealingKeys.load(directory: folder).currentKeyID == second.currentKeyID)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["sealing.keys"])
        }
    }

    @Test(arguments: [
        "", "\n", "id", "id notbase64", "id AAAA", "a.b \(String(repeating: "QUJD", count: 11))",
        "zero AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ])
    func weakKeyFilesAreRefused(text: String) throws {
        try withFolder { folder in
            try write(text, to: "\(folder)/sealing.keys", mode: 0o600)
            #expect(throws: StorageError.self) { try SealingKeys.load(directory: folder) }
        }
    }

    @Test(arguments: [0o644, 0o640, 0o606])
    func filesThatOthersReadAreRefused(mode: Int) throws {
        try withFolder { folder in
            _ = try SealingKeys.load(directory: folder)
            _ = try SigningSecret.load(directory: folder)
            for name in ["sealing.keys", "signing.secret"] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(folder)/\(name)")
            }
            #expect(throws: StorageError.self) { try SealingKeys.load(directory: folder) }
            #expect(throws: StorageError.self) { try SigningSecret.load(directory: folder) }
        }
    }

    @Test func theSigningSecretStays() throws {
        try withFolder { folder in
            let secret = try SigningSecret.load(directory: folder)
            #expect(secret.reveal().utf8.count == 64)
            #expect(try SigningSecret.load(directory: folder) == secret)
            try write("c2hvcnQ=", to: "\(folder)/signing.secret", mode: 0o600)
            #expect(throws: StorageError.self) { try SigningSecret.load(directory: folder) }
        }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "alma-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func write(_ text: String, to path: String, mode: Int) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
