import Foundation
import Testing

/// Two who change the same tool or skill by its form: the second is told of the first, loses nothing, and decides.
@Suite struct OvertakenFormTests {
    typealias Kind = VersionPageTests.Kind

    static let kinds = [Kind.tools, .skills]

    private func made(_ kind: Kind, _ text: String, by visitor: Visitor) async throws -> String {
        try await visitor.register("one")
        try await visitor.get("/\(kind.rawValue)/new")
        try await visitor.post("/\(kind.rawValue)/new", kind.fields(text))
        return String(visitor.address.prefix { $0 != "?" })
    }

    /// The version that a page's form goes back with.
    private func opened(_ answer: Answer) -> String? {
        answer.text.firstMatch(of: /name="version" value="([0-9]+)"/).map { String($0.1) }
    }

    private func fields(_ kind: Kind, _ text: String, _ version: String?) -> [(String, String)] {
        kind.fields(text) + [("version", version ?? "")]
    }

    @Test(arguments: kinds)
    func theSecondOfTwoEditorsLosesNothing(_ kind: Kind) async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(kind, "First.", by: visitor)
            let form = kind.form(address)
            let page = try await visitor.get(form)
            #expect(opened(page) == "1" && page.text.contains(">Save</button>"))
            // In another window, since.
            #expect(try await visitor.submit(form, fields(kind, "Theirs.", "1")).status == 303)
            let late = try await visitor.submit(form, fields(kind, "Mine <b>.", "1"))
            #expect(late.status == 409 && late.text.contains("Somebody has changed it since"), "\(late.status)")
            #expect(late.text.contains("Version 2 is by one, now.") && late.text.contains("Mine &lt;b&gt;."))
            let kept = try await visitor.look(address)
            #expect(kept.text.contains("Theirs.") && !kept.text.contains("Mine &lt;b&gt;."), "nothing was saved")
            #expect(try await visitor.look("\(address)/versions/3").status == 404)
            // What they have changed, their own form, and the way to save all the same.
            let way = "\(address)/versions/1"
            #expect(late.text.contains(#"href="\#(way)" target="_blank""#))
            let difference = try await visitor.look(way)
            #expect(difference.text.contains("<span>First.</span>") && difference.text.contains("<span>Theirs.</span>"))
            #expect(late.text.contains(#"<a href="\#(form)">Take theirs and drop mine</a>"#))
            #expect(try await visitor.look(form).text.contains("Theirs."))
            #expect(late.text.contains(">Save mine all the same</button>") && opened(late) == "2")
            #expect(try await visitor.submit(form, fields(kind, "Mine <b>.", opened(late))).status == 303)
            #expect(try await visitor.get(address).text.contains("Mine &lt;b&gt;."))
        }
    }

    /// From before there was the field.
    @Test(arguments: kinds)
    func aFormThatSaysNothingSavesAsEver(_ kind: Kind) async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(kind, "First.", by: visitor)
            for text in ["Second.", "Third."] {
                #expect(try await visitor.submit(kind.form(address), kind.fields(text)).status == 303)
            }
            #expect(try await visitor.get(address).text.contains("Third."))
        }
    }

    @Test(arguments: kinds)
    func whoSendsTheSameTwiceHasNothingToDecide(_ kind: Kind) async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(kind, "First.", by: visitor)
            for _ in 0..<2 {
                #expect(try await visitor.submit(kind.form(address), fields(kind, "Second.", "1")).status == 303)
            }
            #expect(try await visitor.look("\(address)/versions/2").status == 200)
            #expect(try await visitor.look("\(address)/versions/3").status == 404, "it was saved once")
        }
    }

    /// The page that tells of it is still one that was opened before the other's save.
    @Test(arguments: kinds)
    func aMistakeMakesNoFormNewer(_ kind: Kind) async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(kind, "First.", by: visitor)
            let form = kind.form(address)
            #expect(try await visitor.submit(form, fields(kind, "Theirs.", "1")).status == 303)
            let mistaken = fields(kind, "Mine.", "1").map { name, value in
                switch name {
                case "name": (name, "9 lives")
                case "skill_md": (name, "No head. Mine.")
                default: (name, value)
                }
            }
            let refused = try await visitor.submit(form, mistaken)
            #expect(refused.status == 422 && refused.text.contains("Mine.") && opened(refused) == "1")
            #expect(try await visitor.submit(form, fields(kind, "Mine.", opened(refused))).status == 409)
            #expect(try await visitor.get(address).text.contains("Theirs."))
        }
    }

    /// One that is so old that it is not kept any more is beside nothing.
    @Test(arguments: kinds)
    func whatIsNotKeptIsNotLinkedTo(_ kind: Kind) async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(kind, "First.", by: visitor)
            for version in ["77", "99999999999999", "-1"] {
                let late = try await visitor.submit(kind.form(address), fields(kind, "Mine.", version))
                #expect(late.status == 409 && late.text.contains(#"href="\#(address)#versions""#), "\(version)")
            }
        }
    }

    @Test(arguments: kinds)
    func itIsSaidInTheReadersLanguage(_ kind: Kind) async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(kind, "First.", by: visitor)
            let form = kind.form(address)
            #expect(try await visitor.submit(form, fields(kind, "Theirs.", "1")).status == 303)
            try await visitor.get(form)
            try await visitor.post("/preferences", [("language", "zh-CN"), ("return", "/tools")])
            let late = try await visitor.submit(form, fields(kind, "Mine.", "1"))
            #expect(late.status == 409 && late.text.contains("你打开页面之后，它已被修改。"))
            for words in ["第 2 版：one，刚刚。", "你输入的内容仍在这里", "采用那次修改，放弃我的</a>", "仍然保存我的</button>"] {
                #expect(late.text.contains(words), "\(words)")
            }
        }
    }

    /// The text beside a folder that is refused is what is stored now, and goes back as that.
    @Test func aBrokenFolderMakesNoTextOlder() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(.skills, "First.", by: visitor)
            #expect(try await visitor.submit(address, fields(.skills, "Theirs.", "1")).status == 303)
            let broken = Array("no archive".utf8)
            let way = "\(address)/archive"
            let refused = try await visitor.submitFiles(way, [("version", "1")], [("t.zip", broken)])
            let versions = refused.text.matches(of: /name="version" value="([0-9]+)"/).map { String($0.1) }
            // Those of the text and of the folder; what follows is the history's.
            #expect(refused.status == 422 && versions.prefix(2) == ["2", "1"], "\(versions)")
            #expect(try await visitor.submit(address, fields(.skills, "Mine.", versions.first)).status == 303)
        }
    }

    /// What was put in the place of all that a skill is took the place of nobody's save unseen.
    @Test func aFolderComesTooLate() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let address = try await made(.skills, "First.", by: visitor)
            #expect(try await visitor.submit(address, fields(.skills, "Theirs.", "1")).status == 303)
            let archive = try ZipReaderTests.packed(
                #"z.writestr('SKILL.md', '---\nname: notes\ndescription: How.\n---\nMine.')"#
            )
            let way = "\(address)/archive"
            let late = try await visitor.submitFiles(way, [("version", "1")], [("t.zip", archive)])
            #expect(late.status == 409 && late.text.contains("Nothing was replaced."), "\(late.status)")
            #expect(late.text.contains(#"href="\#(address)/versions/1" target="_blank""#))
            #expect(late.text.contains(">Save</button>"), "the text is theirs, and nothing was typed")
            #expect(try await visitor.look(address).text.contains("Theirs.") && opened(late) == "2")
            let again = try await visitor.submitFiles(way, [("version", "2")], [("t.zip", archive)])
            #expect(again.status == 303)
            #expect(try await visitor.get(address).text.contains("Mine."))
            // As a page from before there was the field sends it.
            #expect(try await visitor.submitFiles(way, [], [("t.zip", archive)]).status == 303)
        }
    }
}
