import Engine
import Foundation
import Testing

@testable import Web

/// Archives that others wrote, honest and not.
@Suite struct ZipReaderTests {
    private static let bounds = ZipReader.Bounds(files: 5, fileBytes: 100_000, bytes: 150_000)

    @Test func whatOthersPackIsUnpacked() throws {
        let archive = try Self.packed(
            """
            import random
            random.seed(1)
            words = " ".join(random.choice("harbour tide boat mole light".split()) for _ in range(9000))
            z.writestr("a/SKILL.md", words)
            z.writestr("a/年.txt", "hello", zipfile.ZIP_STORED)
            z.writestr("a/noise", random.randbytes(40000))
            z.writestr("a/empty", "")
            z.writestr("a/", "")
            """
        )
        let files = try ZipReader.read(archive, within: Self.bounds)
        #expect(files.map(\.path) == ["a/SKILL.md", "a/年.txt", "a/noise", "a/empty"])
        #expect(files[0].content.split(separator: 32).count == 9000)
        #expect(files[1].content == Array("hello".utf8) && files[2].content.count == 40_000)
        #expect(files[3].content.isEmpty)
    }

    @Test(arguments: [
        ("leads out", #"z.writestr("../x", "x")"#),
        ("leads out", #"z.writestr("/etc/x", "x")"#),
        ("leads out", #"z.writestr("a/../../x", "x")"#),
        ("leads out", #"z.writestr("a\\\\..\\\\x", "x")"#),
        ("leads out", #"z.writestr("C:x", "x")"#),
        ("leads out", #"z.writestr("a//x", "x")"#),
        ("leads out", #"z.writestr("a\nx", "x")"#),
        ("a link", #"i = zipfile.ZipInfo("a"); i.external_attr = 0o120777 << 16; z.writestr(i, "/etc/passwd")"#),
        ("a link", #"i = zipfile.ZipInfo("a"); i.external_attr = 0o010644 << 16; z.writestr(i, "")"#),
        ("twice", #"z.writestr("a", "x"); z.writestr("a", "y")"#),
        ("too much", #"[z.writestr(str(i), "x") for i in range(6)]"#),
        ("too much", #"z.writestr("a", random.randbytes(100001))"#),
        ("too much", #"[z.writestr(str(i), random.randbytes(60000)) for i in range(3)]"#),
        // A bomb: a few hundred bytes that say, truly, what they become.
        ("too much", #"z.writestr("a", b"0" * 99999)"#),
        ("in a way", #"z.writestr("a", "x", zipfile.ZIP_BZIP2)"#),
        ("empty", ""),
    ])
    func whatIsHostileIsRefusedWhole(_ why: String, _ script: String) throws {
        let archive = try Self.packed("import random\n" + script)
        let refusal = #expect(throws: ZipReader.Refusal.self) { try ZipReader.read(archive, within: Self.bounds) }
        #expect(refusal?.message.contains(why) == true, "\(refusal?.message ?? "taken")")
    }

    @Test func whatIsNotTrueIsRefused() throws {
        let honest = try Self.packed(#"z.writestr("a", "hello, hello, hello, hello")"#)
        #expect(try ZipReader.read(honest, within: Self.bounds).count == 1)
        // Cut anywhere, or with any byte turned over: it is refused or read, and never more than is allowed.
        for end in 0..<honest.count { _ = try? ZipReader.read(Array(honest[..<end]), within: Self.bounds) }
        for place in honest.indices {
            var other = honest
            other[place] ^= 0xFF
            let files = (try? ZipReader.read(other, within: Self.bounds)) ?? []
            #expect(files.allSatisfy { $0.content == Array("hello, hello, hello, hello".utf8) || $0.content.isEmpty })
        }
        // It becomes more than it says.
        let bomb = try Self.packed(
            """
            z.writestr("a", b"0" * 90000)
            """,
            after: #"b = b.replace((90000).to_bytes(4, "little"), (500).to_bytes(4, "little"))"#
        )
        #expect(throws: ZipReader.Refusal.self) { try ZipReader.read(bomb, within: Self.bounds) }
    }

    @Test func aSkillIsTheFolderOfItsText() throws {
        let text = #""---\nname: tides\ndescription: x\n---\nLook.""#
        let archive = try Self.packed(
            "z.writestr('tides/SKILL.md', \(text)); z.writestr('tides/a/b.py', 'print(1)'); z.writestr('__MACOSX/x', '')"
        )
        let skill = try SkillArchive(unpacking: archive)
        #expect(skill.text.name == "tides" && skill.files?.map(\.path) == ["a/b.py"])
        // And back.
        #expect(try SkillArchive(unpacking: skill.zip).files == skill.files)
        let atTheTop = try Self.packed("z.writestr('SKILL.md', \(text)); z.writestr('b', '')")
        #expect(try SkillArchive(unpacking: atTheTop).files?.map(\.path) == ["b"])
        for wrong in [
            "z.writestr('a/b/SKILL.md', \(text))", "z.writestr('SKILL.md', 'x')",
            "z.writestr('tides/SKILL.md', \(text)); z.writestr('else', '')",
        ] {
            let archive = try Self.packed(wrong)
            #expect(throws: (any Error).self, "\(wrong)") { try SkillArchive(unpacking: archive) }
        }
    }

    /// What Python packs into `z` by the script, and what it makes of the bytes `b` after it.
    static func packed(_ script: String, after: String = "") throws -> [UInt8] {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        let program = """
            import io, sys, warnings, zipfile
            warnings.simplefilter("ignore")
            f = io.BytesIO()
            z = zipfile.ZipFile(f, "w", zipfile.ZIP_DEFLATED)
            \(script)
            z.close()
            b = f.getvalue()
            \(after)
            sys.stdout.buffer.write(b)
            """
        python.arguments = ["-c", program]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        python.waitUntilExit()
        try #require(python.terminationStatus == 0)
        return bytes
    }
}
