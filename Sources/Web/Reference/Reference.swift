import Foundation

/// The reference for people: the same endpoints as the document's, by chapter.
struct Reference: Sendable {
    struct Chapter: Sendable {
        let tag: EndpointTag
        let endpoints: [Endpoint]
    }

    let chapters: [Chapter]
    private let endpoints: [Endpoint]

    init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
        chapters = EndpointTag.allCases.compactMap { tag in
            let own = endpoints.filter { $0.tag == tag }
            return own.isEmpty ? nil : Chapter(tag: tag, endpoints: own)
        }
    }

    func chapter(at place: String) -> Chapter? { chapters.first { $0.tag.place == place } }

    func endpoint(_ operation: String) -> Endpoint? { endpoints.first { $0.operationID == operation } }

    func isRead(_ endpoint: Endpoint) -> Bool { endpoints.contains { $0.isReading(of: endpoint) } }
}

extension EndpointTag {
    /// `usage-and-budgets`, as a part of an address.
    var place: String {
        rawValue.lowercased().split { !$0.isLetter }.joined(separator: "-")
    }
}

extension Endpoint {
    /// Where the reference explains it.
    var explanation: String { "/docs/\(tag.place)#\(operationID)" }

    /// Whether it answers with events and nothing else.
    var isStream: Bool { !replies.isEmpty && replies.allSatisfy(\.isEvents) }

    /// Whether files are sent to it, as a browser's form sends them.
    var takesFiles: Bool { content?.mediaType == "multipart/form-data" }

    /// The fields of such a form.
    var fileFields: [Schema.Field] { takesFiles ? content?.schema().fileFields ?? [] : [] }
}
