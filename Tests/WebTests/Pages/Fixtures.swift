import Foundation

@testable import Web

/// The templates, assets and words of this repository.
enum Fixtures {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        .standardized
    static let templateFolder = root.appending(path: "Templates").path
    static let assetFolder = root.appending(path: "Public").path

    /// Read once for all tests: that takes longer than most of them.
    private static let shared = Result { try PageFiles(templates: templateFolder, assets: assetFolder) }

    static func pageFiles() throws -> PageFiles { try shared.get() }

    static func samples(_ language: Language) throws -> Samples {
        let templates = try pageFiles().templates
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        return Samples(voice: try templates.voice(language, now: now), templates: templates)
    }

    static func voice(_ language: Language = .english) throws -> Voice { try samples(language).voice }

    /// All files below `folder` of this repository with one of these endings, with their text.
    static func files(in folder: String, endings: [String]) throws -> [(path: String, text: String)] {
        let base = root.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { path in endings.contains { path.hasSuffix($0) } }.map {
            (path: $0, text: try String(contentsOf: base.appending(path: $0), encoding: .utf8))
        }
    }
}
