import Foundation

/// Names of files as they may stand in a folder, a header and a page, whatever a browser or an archive says.
package enum FileName {
    private static let longest = 120

    /// The last part of a path without what could lead elsewhere or deceive: control characters, those that change the
    /// direction of writing, leading dots. At most 120 bytes; the ending stays. Never empty.
    package static func cleaned(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let shown = String(String.UnicodeScalarView(last.unicodeScalars.filter(isShown)))
            .precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespaces)
        let plain = String(shown.drop { $0 == "." || $0 == "~" || $0 == "-" }).trimmingCharacters(in: .whitespaces)
        return plain.isEmpty ? "file" : shortened(plain)
    }

    /// `report.pdf` as the `number`th of its name: `report-2.pdf`.
    package static func numbered(_ name: String, _ number: Int) -> String {
        let (stem, ending) = parts(name)
        return number < 2 ? name : "\(stem)-\(number)\(ending)"
    }

    /// In small letters, without the dot; empty when there is none.
    package static func ending(_ name: String) -> String { String(parts(name).ending.dropFirst()).lowercased() }

    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > longest else { return name }
        let (stem, ending) = parts(name)
        return String(stem.prefix(bytes: max(1, longest - ending.utf8.count))) + ending
    }

    /// The ending with its dot, at most 12 bytes.
    private static func parts(_ name: String) -> (stem: String, ending: String) {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex, name[dot...].utf8.count <= 12 else {
            return (name, "")
        }
        return (String(name[..<dot]), String(name[dot...]))
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator, .privateUse: false
        default: !"\"<>|:*?".unicodeScalars.contains(scalar)
        }
    }
}
