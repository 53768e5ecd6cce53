import Foundation
import Mustache

/// A page or a piece of one: stored properties that its template shows.
protocol View: Sendable {
    /// The file in `Templates`, without its ending.
    static var template: String { get }
}

/// All templates, parsed at the start, once for each language with its words in place.
struct Templates: Sendable {
    let words: [Language: Words]
    let icons: Icons
    private let libraries: [Language: MustacheLibrary]

    struct Missing: Error, CustomStringConvertible {
        let name: String
        var description: String { "There is no template \(name)" }
    }

    init(folder: String, assets: Assets) throws {
        SafeHTML.register()
        let icons = Icons(sprite: assets.address(of: "icons.svg") ?? "")
        let sources = try Templates.sources(in: folder)
        var words: [Language: Words] = [:]
        var libraries: [Language: MustacheLibrary] = [:]
        for language in Language.allCases {
            let spoken = try Words(language: language, folder: folder + "/strings")
            let markup = TemplateMarkup(words: spoken, assets: assets, icons: icons)
            var library = MustacheLibrary()
            for (name, source) in sources {
                try library.register(SafeHTML.pragma + markup.expanded(source, template: name), named: name)
            }
            words[language] = spoken
            libraries[language] = library
        }
        for name in Templates.views where sources[name] == nil { throw Missing(name: name) }
        self.icons = icons
        self.words = words
        self.libraries = libraries
    }

    /// The view as HTML. Throws when its template is not there, which the start rules out for those in `views`.
    func html<V: View>(_ view: V, _ language: Language) throws -> String {
        guard let html = libraries[language]?.render(view, withTemplate: V.template) else {
            throw Missing(name: V.template)
        }
        return html
    }

    func voice(_ language: Language, zone: TimeZone = .gmt, now: Date = Date()) throws -> Voice {
        guard let words = words[language] else { throw Missing(name: "strings/\(language.rawValue)") }
        return Voice(words: words, icons: icons, zone: zone, now: now)
    }

    /// The template texts by name; a partial in a folder is named with it: `part/field`.
    static func sources(in folder: String) throws -> [String: String] {
        let root = URL(fileURLWithPath: folder)
        guard let files = FileManager.default.enumerator(atPath: root.path) else { throw Missing(name: folder) }
        var sources: [String: String] = [:]
        for case let path as String in files where path.hasSuffix(".mustache") {
            let name = String(path.dropLast(".mustache".count))
            sources[name] = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        }
        return sources
    }
}
