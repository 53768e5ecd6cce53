import Foundation

/// The distribution's programs that documents are read and converted with.
package enum DocumentProgram: String, Sendable, CaseIterable {
    case pdftotext, pdfinfo, pdftoppm, pandoc, tesseract, ffmpeg, ffprobe, soffice, python3

    /// Of Debian.
    package var package: String {
        switch self {
        case .pdftotext, .pdfinfo, .pdftoppm: "poppler-utils"
        case .pandoc: "pandoc"
        case .tesseract: "tesseract-ocr"
        case .ffmpeg, .ffprobe: "ffmpeg"
        case .soffice: "libreoffice-nogui"
        case .python3: "python3"
        }
    }

    /// The sandbox shows the distribution's own programs and no others.
    package var isInstalled: Bool { access("/usr/bin/\(rawValue)", X_OK) == 0 }

    /// Packages of Debian that are not there, without repetition.
    package static var missingPackages: [String] {
        allCases.filter { !$0.isInstalled }.map(\.package).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// In words for whoever runs the server; nil when all are there.
    static func complaint(_ programs: [DocumentProgram], for what: String) -> String? {
        let missing = programs.filter { !$0.isInstalled }
        guard !missing.isEmpty else { return nil }
        let names = missing.map(\.rawValue).joined(separator: ", ")
        let packages = Set(missing.map(\.package)).sorted().joined(separator: " ")
        return "This server cannot \(what): \(names) is not installed. Its operator can do: apt-get install \(packages)"
    }
}
