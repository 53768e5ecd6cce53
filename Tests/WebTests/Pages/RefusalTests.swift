import Foundation
import HTTPTypes
import Testing

@testable import Web

/// What the store refuses is said in the reader's language.
@Suite struct RefusalTests {
    /// What goes wrong below and is never shown: it is in the log.
    private static let inner = [
        "The database", "was not made.", "could not be hashed", "is gone.", "no account to change", "sealed",
        "random bytes in base64", "belongs to another user",
    ]

    /// Answers to programs alone, which have no language.
    private static let forPrograms = ["OpenAI/", "Sockets/", "Endpoints/"]

    /// The sentences that are written out where something is refused, with a number for what varies.
    private static func sentences(in folder: String) throws -> Set<String> {
        let refusal = /(?:StorageError(?:\.invalid|\.conflict)?|\.invalid|\.conflict|Refusal|Mistake)\(/
        let literal = /"((?:[^"\\\n]|\\\((?:[^()]|\([^()]*(?:\([^()]*\))*[^()]*\))*\)|\\.)*)"/
        let varying = /\\\((?:[^()]|\([^()]*(?:\([^()]*\))*[^()]*\))*\)/
        var found: Set<String> = []
        for (path, text) in try Fixtures.files(in: folder, endings: [".swift"])
        where !forPrograms.contains(where: path.hasPrefix) {
            for match in text.matches(of: refusal) {
                let rest = text[match.range.upperBound...].prefix(320)
                let arguments = rest.range(of: ")\n").map { rest[..<$0.lowerBound] } ?? rest
                for one in arguments.matches(of: literal) where one.1.contains(" ") && one.1.hasSuffix(".") {
                    found.insert(String(one.1).replacing(varying, with: "7"))
                }
            }
        }
        return found.filter { sentence in !inner.contains { sentence.contains($0) } }
    }

    @Test func everyRefusalHasItsChineseSentence() throws {
        let refusals = try Fixtures.voice(.chinese).words.refusals
        let all = try ["Sources/Storage", "Sources/Engine/Skills", "Sources/Web"].reduce(into: Set<String>()) {
            $0.formUnion(try Self.sentences(in: $1))
        }
        #expect(all.count > 150, "\(all.count): the sources are read")
        for sentence in all.sorted() {
            #expect(refusals[sentence] != sentence, "refusals.zh-CN.json has nothing for: \(sentence)")
        }
    }

    @Test func whatVariesIsTakenOver() throws {
        let refusals = try Fixtures.voice(.chinese).words.refusals
        #expect(refusals["At most 64 characters."] == "最多64个字符。", "not “at most 64 characters of something”")
        #expect(refusals["There is no agent called a {n} b."] == "没有名为a {n} b的智能体。")
        #expect(refusals["web_fetch: At most 20."] == "web_fetch: 最多20个。", "the name stays, the reason is said")
        #expect(refusals["dig: timeout: a whole number from 1 to 600."] == "dig: timeout: 请填1到600的整数。")
        #expect(refusals["Nobody: has thought of this."] == "Nobody: has thought of this.")
        #expect(refusals["At most ."] == "At most .", "nothing is no name")
        #expect(refusals["Nobody has thought of this."] == "Nobody has thought of this.")
        #expect(try Fixtures.voice(.english).words.refusals["At most 20."] == "At most 20.")
    }

    /// The form of an account, the list of accounts, and a form that goes through the one way for all.
    @Test func aChinesePageRefusesInChinese() async throws {
        try await TestServer.runSite { site in
            let root = try await site.administrator()
            let id = try #require(try await root.get("/v1/users/me").string("data.user_id"))
            let visitor = Visitor(Caller(client: site.client))
            try await visitor.get("/sign-in")
            try await visitor.post("/sign-in", [("email", "root@example.com"), ("password", "correct horse 9")])
            try await visitor.post("/preferences", [("language", "zh-CN"), ("return", "/")])
            let own = try await visitor.submit("/admin/users/\(id)/status", [("status", "disabled")])
            #expect(own.status == 422 && own.text.contains("自己的账号只能由别人停用或删除。"))
            #expect(!own.text.contains("Your own account"))
            let listed = try await visitor.submit("/admin/users/actions", [("action", "disable"), ("user", id)])
            #expect(listed.status == 422 && listed.text.contains("自己的账号只能由别人停用或删除。"))
            let terms = try await visitor.submit(
                "/admin/settings",
                [("registration", "open"), ("terms_url", "nowhere")]
            )
            #expect(terms.status == 422 && terms.text.contains("请填完整地址"))
            let network = try await visitor.get("/agents")
            let agent = try #require(network.text.firstMatch(of: /href="(\/agents\/[0-9a-f-]{36})"/)).1
            try await visitor.get("/agents/import")
            for (bytes, sentence) in [("", "没有选择文件，或文件是空的。"), ("no JSON", "这不是JSON。")] {
                let file = try await visitor.submitFiles("/agents/import", [], [("a.json", Array(bytes.utf8))])
                #expect(file.status == 422 && file.text.contains(sentence), "\(file.text)")
            }
            let lost = try await visitor.submit("\(agent)/network", [("hosts", "no host at all!")])
            #expect(lost.status == 422 && lost.text.contains("没有被接受") && !lost.text.contains("is no host"))
        }
    }
}
