import HTTPTypes

/// The first page of the reference: how the API is spoken to, and all its calls.
struct ReferenceView: View {
    static let template = "reference"

    let page: Frame
    let server: String
    let chapters: [Chapter]

    struct Chapter: Sendable {
        let name: String
        let about: CodedText
        let address: String
        let lines: [Line]
    }

    struct Line: Sendable {
        let method: String
        let path: String
        let summary: String
        let address: String
    }

    init(page: Frame, reference: Reference, server: String) {
        self.page = page
        self.server = server
        chapters = reference.chapters.map { chapter in
            Chapter(
                name: chapter.tag.rawValue,
                about: CodedText(chapter.tag.about),
                address: "/docs/\(chapter.tag.place)",
                lines: chapter.endpoints.map {
                    Line(method: $0.method.rawValue, path: $0.path, summary: $0.summary, address: $0.explanation)
                }
            )
        }
    }
}

/// A chapter of the reference: its calls with all that goes in and comes out.
struct ReferenceChapterView: View {
    static let template = "reference-chapter"

    let page: Frame
    let name: String
    let about: CodedText
    let operations: [OperationView]

    init(page: Frame, chapter: Reference.Chapter, reference: Reference, voice: Voice) {
        self.page = page
        name = chapter.tag.rawValue
        about = CodedText(chapter.tag.about)
        operations = chapter.endpoints.map { OperationView($0, isRead: reference.isRead($0), voice: voice) }
    }
}
