import Foundation
import Testing

@testable import Web

@Suite struct TemplateTests {
    @Test(arguments: Language.allCases)
    func everyViewIsRendered(_ language: Language) throws {
        let samples = try Fixtures.samples(language)
        for (name, view) in samples.all {
            // The forms of tools tell of places in braces.
            let html = try samples.templates.html(view, language)
                .replacing(/\{\{(input|param|secret)[.:]/, with: "")
            #expect(!html.contains("{{") && !html.contains("[["), "\(name) shows a tag")
            #expect(!html.contains("Optional("), "\(name) shows an optional")
            #expect(!html.contains("<script>") && !html.contains("\"\u{301} onfocus"), "\(name) lets markup through")
            #expect(!html.contains(" style=") && !html.contains(" onclick="), "\(name) has something inline")
            #expect(html.contains("<html lang=\"\(language.rawValue)\""))
            #expect(html.contains("<a class=\"skip\" href=\"#main\""))
            #expect(!html.contains("<title> ·"), "\(name) has no title")
            #expect(!html.contains("<h1></h1>"), "\(name) has no heading")
        }
    }

    /// A tag that no view answers shows nothing and says nothing, so this looks for them; and every section is shown
    /// by some sample, so that none is dead.
    @Test func everyTagHasItsProperty() throws {
        let samples = try Fixtures.samples(.english)
        var walk = TemplateWalk(try Templates.sources(in: Fixtures.templateFolder))
        for (_, view) in samples.all { walk.walk(type(of: view).template, view) }
        for view in samples.pieces { walk.walk(type(of: view).template, view) }
        #expect(walk.unknown.sorted() == [])
        #expect(walk.mistakable.sorted() == [])
        #expect(walk.sections.subtracting(walk.entered).sorted() == [])
    }

    @Test func aNameThatAnObjectAroundMayAnswerIsNoticed() {
        struct Inner { let deletion: String? }
        struct Outer {
            let deletion: String?
            let inner: Inner
        }
        var walk = TemplateWalk(["page": "{{deletion}}{{#inner}}{{deletion}}{{/inner}}"])
        walk.walk("page", Outer(deletion: nil, inner: Inner(deletion: "/inner")))
        #expect(walk.mistakable == ["page: deletion of Inner < Outer"])
    }

    @Test func everyFormCarriesItsProof() throws {
        let samples = try Fixtures.samples(.english)
        for (name, view) in samples.all {
            let html = try samples.templates.html(view, .english)
            let forms = html.split(separator: "<form").dropFirst().map { $0.prefix { $0 != "\0" } }
            for form in forms where form.prefix(200).contains("method=\"post\"") {
                let end = form.firstRange(of: "</form>")?.lowerBound ?? form.endIndex
                #expect(form[..<end].contains("name=\"csrf\" value=\"token\""), "a form of \(name) has no proof")
            }
        }
    }

    @Test func idsAreUnique() throws {
        let samples = try Fixtures.samples(.chinese)
        for (name, view) in samples.all {
            let html = try samples.templates.html(view, .chinese)
            let ids = html.matches(of: /\sid="([^"]*)"/).map { String($0.1) }.filter {
                !$0.hasPrefix("m-") && !$0.hasPrefix("text-")
            }
            #expect(Set(ids).count == ids.count, "\(name) has an id twice: \(ids.sorted())")
            for target in html.matches(of: /\sfor="([^"]*)"/).map({ String($0.1) }) {
                #expect(ids.contains(target), "\(name) has a label for nothing: \(target)")
            }
        }
    }

    /// What answers point to by its id is on the page around them.
    @Test(arguments: Language.allCases)
    func regionsOfAnAnswerAreNamedByThePage(_ language: Language) throws {
        let samples = try Fixtures.samples(language)
        let html = try samples.templates.html(samples.conversation(isRunning: true), language)
        for label in html.matches(of: /\saria-labelledby="([^"]*)"/) {
            #expect(html.contains("id=\"\(label.1)\""), "named by nothing: \(label.1)")
        }
        #expect(html.contains("<span id=\"table-name\" hidden>\(samples.voice.words["answer.table"])</span>"))
    }

    @Test func unknownShorthandStopsTheStart() throws {
        let voice = try Fixtures.voice()
        let assets = try Assets(folder: Fixtures.assetFolder)
        let markup = TemplateMarkup(words: voice.words, assets: assets, icons: voice.icons)
        #expect(throws: TemplateMarkup.Unknown.self) { try markup.expanded("[[no.such]]", template: "x") }
        #expect(try markup.expanded("a [[signIn.title]] b", template: "x") == "a Sign in b")
    }

    @Test func everyIconExists() throws {
        let sprite = try String(contentsOfFile: Fixtures.assetFolder + "/icons.svg", encoding: .utf8)
        let known = Set(sprite.matches(of: /symbol id="([a-z]+)"/).map { String($0.1) })
        for (path, text) in try Fixtures.files(in: "Templates", endings: [".mustache"]) {
            for icon in text.matches(of: /\[\[icon(?:-s)?:([a-z]+)/) {
                #expect(known.contains(String(icon.1)), "\(path) wants the icon \(icon.1)")
            }
        }
        for (path, text) in try Fixtures.files(in: "Sources/Web", endings: [".swift"]) {
            for icon in text.matches(of: /icons\("([a-z]+)"/) {
                #expect(known.contains(String(icon.1)), "\(path) wants the icon \(icon.1)")
            }
        }
    }
}
