import Engine
import Foundation
import Testing

@testable import Web

@Suite struct WordsTests {
    private func words(_ language: Language) throws -> Words { try Fixtures.voice(language).words }

    @Test func bothLanguagesSayTheSameThings() throws {
        #expect(try words(.english).keys.symmetricDifference(words(.chinese).keys).sorted() == [])
    }

    @Test func placeholdersAreTheSame() throws {
        let (english, chinese) = try (words(.english), words(.chinese))
        for key in english.keys {
            let names = [english, chinese].map { Set($0[key].matches(of: /\{(\w+)\}/).map { String($0.1) }) }
            #expect(names[0] == names[1], "\(key) has other placeholders in Chinese")
        }
    }

    /// Keys are written out where they are used; those with a part computed are known by what stands before it.
    @Test func noWordIsMissingAndNoneIsUnused() throws {
        let keys = try words(.english).keys
        var used: Set<String> = []
        var prefixes: Set<String> = []
        for (path, text) in try Fixtures.files(in: "Templates", endings: [".mustache"]) {
            for match in text.matches(of: /\[\[([A-Za-z]+\.[A-Za-z.]+)\]\]/) {
                used.insert(String(match.1))
                #expect(keys.contains(String(match.1)), "\(path) says \(match.1)")
            }
        }
        for (_, text) in try Fixtures.files(in: "Sources/Web", endings: [".swift"]) {
            used.formUnion(text.matches(of: /"([A-Za-z]+\.[A-Za-z.]+)"/).map { String($0.1) })
            prefixes.formUnion(text.matches(of: /"([A-Za-z]+\.(?:[A-Za-z]+\.)*)\\\(/).map { String($0.1) })
        }
        let isUsed = { (key: String) in used.contains(key) || prefixes.contains { key.hasPrefix($0) } }
        #expect(keys.filter { !isUsed($0) }.sorted() == [])
    }

    @Test func keysInTheCodeExist() throws {
        let keys = try words(.english).keys
        for (path, text) in try Fixtures.files(in: "Sources/Web", endings: [".swift"]) {
            for match in text.matches(of: /words(?:\.count)?[\[(]"([A-Za-z.]+)"/) {
                #expect(keys.contains(String(match.1)), "\(path) says \(match.1)")
            }
        }
    }

    /// Whatever a run can fail with is said in words; `RUN_FAILED` is what nobody foresaw.
    @Test func everyFailureOfARunIsSaid() throws {
        var codes = Set(RunFailure.allCases.map(\.rawValue))
        for (_, text) in try Fixtures.files(in: "Sources/Engine", endings: [".swift"]) {
            codes.formUnion(text.matches(of: /code: "([A-Z_]+)"/).map { String($0.1) })
        }
        #expect(codes.contains("RUN_TOKENS_EXHAUSTED") && codes.count > 4)
        let keys = try words(.english).keys
        #expect(codes.filter { $0 != "RUN_FAILED" && !keys.contains("failure.\($0)") } == [])
    }

    @Test func formsAndPlaceholders() throws {
        let english = try words(.english)
        #expect(english.count("home.atWork", 1) == "One run is at work.")
        #expect(english.count("home.atWork", 3) == "3 runs are at work.")
        #expect(try words(.chinese).count("home.atWork", 1) == "1个运行正在进行。")
        #expect(english("conversations.notFound", ["query": "{n} {query}"]) == "Nothing found for “{n} {query}”")
        #expect(english["no.such"] == "no.such")
    }

    @Test func chineseWordsAreTheFixedOnes() throws {
        let chinese = try words(.chinese)
        let text = chinese.keys.map { chinese[$0] }.joined(separator: "\n")
        for (fixed, wrong) in [("智能体", "代理"), ("运行", "运转"), ("工具", "插件"), ("词元", "令牌"), ("批准", "审批")] {
            #expect(text.contains(fixed) && !text.contains(wrong))
        }
    }
}
