import Engine
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

    /// A schema, a value that does not fit, and what is said of it.
    @Test(arguments: [
        (#"{"type":"string"}"#, "1", "须是文字。"), (#"{"type":"integer"}"#, "1.5", "须是整数。"),
        (#"{"type":"number"}"#, "true", "须是数字。"), (#"{"type":"boolean"}"#, "1", "须是true或false。"),
        (#"{"type":"array"}"#, "{}", "须是列表（JSON数组）。"), (#"{"type":"object"}"#, "[]", "须是JSON对象。"),
        (#"{"type":"null"}"#, "1", "须是null。"),
        (#"{"type":["null","boolean"]}"#, "0", "类型须是null or boolean，现在是number。"),
        (#"{"enum":["a","b"]}"#, "1", #"须是以下之一："a", "b"。"#), (#"{"const":3}"#, "4", "须是3。"),
        (#"{"minimum":1}"#, "0", "不能小于1，现在是0。"), (#"{"maximum":1}"#, "2.5", "不能大于1，现在是2.5。"),
        (#"{"exclusiveMinimum":1}"#, "1", "须大于1，现在是1。"), (#"{"exclusiveMaximum":1}"#, "1", "须小于1，现在是1。"),
        (#"{"multipleOf":5}"#, "7", "须是5的倍数，现在是7。"),
        (#"{"minLength":2}"#, #""a""#, "至少2个字符，现在有1个。"), (#"{"maxLength":2}"#, #""abc""#, "最多2个字符，现在有3个。"),
        (#"{"minItems":1}"#, "[]", "至少1项，现在有0项。"), (#"{"maxItems":1}"#, "[1,2]", "最多1项，现在有2项。"),
        (#"{"uniqueItems":true}"#, "[1,1]", "不能有重复的项。"),
        (#"{"contains":{"const":3}}"#, "[1]", "缺少必须包含的项。"),
        (#"{"contains":{"const":3},"maxContains":1}"#, "[3,3]", "其中某种项最多1个。"),
        (#"{"prefixItems":[{}],"items":false}"#, "[1,2]", "这里不允许填。"),
        (#"{"required":["a"]}"#, "{}", "缺少“a”。"), (#"{"minProperties":1}"#, "{}", "至少1个成员。"),
        (#"{"maxProperties":1}"#, #"{"a":1,"b":2}"#, "最多1个成员。"),
        (#"{"additionalProperties":false}"#, #"{"b":1}"#, "这里没有这一项。"),
        (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"b":1}"#, #"这里没有这一项，只有"a"。"#),
        (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, "填了“a”就须填“b”。"),
        (#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "3", "2种写法都不符合。"),
        (#"{"oneOf":[{"multipleOf":2},{"multipleOf":3}]}"#, "6", "同时符合2种写法，只能符合一种。"),
        (#"{"not":{"type":"string"}}"#, #""a""#, "这种值不允许。"),
    ])
    func whatASchemaIsAgainst(schema: String, value: String, sentence: String) throws {
        let found = try JSONSchema(JSONValue(parsing: schema)).validate(JSONValue(parsing: value))
        let message = try #require(found.first).message
        #expect(try Fixtures.voice(.chinese).words.refusals[message] == sentence, "\(message)")
    }

    @Test func whatIsWrongInSeveralPlaces() throws {
        let said = #"dig: the arguments: "a" is missing; /b: is not known here; there are "c"; /d e: must be 1"#
        let refusals = try Fixtures.voice(.chinese).words.refusals
        #expect(refusals[said] == #"dig: 各项参数: 缺少“a”。 /b: 这里没有这一项，只有"c"。 /d e: 须是1。"#)
        #expect(try Fixtures.voice(.english).words.refusals[said] == said)
    }

    /// A tool's own settings, on the form of the agent that uses it.
    @Test func aToolsSettingsAreRefusedInChinese() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            try await visitor.post("/preferences", [("language", "zh-CN"), ("return", "/")])
            let parameters = """
                {"type":"object","dependentRequired":{"tone":["times"]},"properties":
                {"tone":{"type":"string","maxLength":4},"times":{"type":"integer","maximum":5}}}
                """
            try await visitor.get("/tools/new?kind=script")
            let tool = [
                ("kind", "script"), ("name", "greet"), ("description", "Greets."), ("schema", #"{"type":"object"}"#),
                ("parameters", parameters), ("time_limit", "5"), ("language", "shell"), ("code", "cat"),
            ]
            #expect(try await visitor.submit("/tools/new", tool).status == 303)
            try await visitor.get("/agents/new")
            let agent = [("display_name", "Host"), ("instruction", "Greet."), ("active", "1"), ("tool", "greet")]
            let cases: [(settings: [(String, String)], sentences: [String])] = [
                ([("tone", "kindly"), ("times", "often")], ["没有被接受：最多4个字符，现在有6个。", "没有被接受：须是整数。"]),
                ([("tone", ""), ("times", "9")], ["没有被接受：不能大于5，现在是9。"]),
                ([("tone", "kind"), ("times", "")], ["greet: custom_params: 各项参数: 填了“tone”就须填“times”。"]),
            ]
            for (settings, sentences) in cases {
                let typed = settings.map { ("param.\($0.0).greet", $0.1) }
                let refused = try await visitor.submit("/agents/new", agent + typed)
                #expect(refused.status == 422 && !refused.text.contains("must "), "\(refused.status)")
                for sentence in sentences { #expect(refused.text.contains(sentence), "\(sentence)") }
            }
        }
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
