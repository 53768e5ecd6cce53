import Foundation
import Testing

@testable import Web

@Suite struct AssetTests {
    @Test func namesHoldTheContentsHash() throws {
        let assets = try Assets(folder: Fixtures.assetFolder)
        let address = try #require(assets.address(of: "stream.js"))
        #expect(address.wholeMatch(of: /\/assets\/stream\.[0-9a-f]{16}\.js/) != nil)
        #expect(assets.asset(at: address)?.contentType == "text/javascript; charset=utf-8")
        #expect(assets.asset(at: "/assets/../icons.svg") == nil)
        #expect(assets.address(of: "none.js") == nil)
    }

    @Test func theStyleSheetBeginsWithTheLayers() throws {
        let assets = try Assets(folder: Fixtures.assetFolder)
        let address = try #require(assets.address(of: "alma.css"))
        let text = String(decoding: try #require(assets.asset(at: address)).bytes, as: UTF8.self)
        #expect(text.contains("@layer reset, tokens, base, components, pages, utilities;"))
        #expect(text.filter { $0 == "{" }.count == text.filter { $0 == "}" }.count)
        #expect(!text.contains("@import") && !text.contains("url("))
    }

    @Test func scriptsAreSmallAndSayNothingInline() throws {
        for (path, text) in try Fixtures.files(in: "Public/js", endings: [".js"]) {
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 90, "\(path) is long")
            #expect(!text.contains("eval(") && !text.contains("import ") && !text.contains("http"), "\(path)")
        }
    }

    @Test func escapingGoesByBytes() {
        #expect(SafeHTML.escaped("\"\u{301}<b>&'") == "&quot;\u{301}&lt;b&gt;&amp;&#39;")
        #expect(SafeHTML.escaped("plain 文字") == "plain 文字")
    }
}
