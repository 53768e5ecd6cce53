import Engine

/// How a file is read, by its media type.
enum DocumentKind: Sendable, Equatable {
    /// As it is.
    case text
    /// Markdown of its main text.
    case page
    case pdf
    /// What pandoc reads, by its name for it.
    case prose(String)
    case workbook, slides
    /// What only LibreOffice reads.
    case office
    case picture
    /// Sound, and pictures that move.
    case sound, film
    case archive

    private static let open = "application/vnd.oasis.opendocument."
    private static let microsoft = "application/vnd.openxmlformats-officedocument."

    /// nil for what nobody reads.
    init?(mediaType: String) {
        switch mediaType {
        case "text/html": self = .page
        case "application/pdf": self = .pdf
        case Self.microsoft + "wordprocessingml.document": self = .prose("docx")
        case Self.open + "text": self = .prose("odt")
        case "application/epub+zip": self = .prose("epub")
        case "application/rtf": self = .prose("rtf")
        case Self.microsoft + "spreadsheetml.sheet": self = .workbook
        case Self.microsoft + "presentationml.presentation": self = .slides
        case Self.open + "spreadsheet", Self.open + "presentation", "application/x-ole-storage": self = .office
        case "application/zip", "application/x-tar", "application/gzip", "application/x-bzip2", "application/x-xz":
            self = .archive
        case _ where MediaKind.isText(mediaType): self = .text
        case _ where mediaType.hasPrefix("image/"): self = .picture
        case _ where mediaType.hasPrefix("audio/"): self = .sound
        case _ where mediaType.hasPrefix("video/"): self = .film
        default: return nil
        }
    }

    /// What people write and read, rather than see or hear.
    var isDocument: Bool {
        switch self {
        case .pdf, .prose, .workbook, .slides, .office: true
        default: false
        }
    }

    var isRecording: Bool { self == .sound || self == .film }

    /// What it cannot be read without.
    var programs: [DocumentProgram] {
        switch self {
        case .text, .page: []
        case .pdf: [.pdftotext, .pdfinfo]
        case .prose: [.pandoc]
        case .workbook, .slides, .archive: [.python3]
        case .office: [.soffice, .pdftotext]
        case .picture: [.tesseract]
        case .sound, .film: [.ffprobe]
        }
    }

    /// In words of a complaint.
    var words: String {
        switch self {
        case .text, .page: "read texts"
        case .pdf: "read PDF"
        case .prose(let format): "read \(format)"
        case .workbook: "read workbooks"
        case .slides: "read presentations"
        case .archive: "look into archives"
        case .office: "read this older or open office format"
        case .picture: "read the text in pictures"
        case .sound, .film: "read recordings"
        }
    }
}
