import HTTPTypes

/// One way in which a call succeeds.
struct Reply: Sendable {
    enum Kind: Sendable {
        /// In the envelope.
        case object(Schema)
        case list(Schema)
        /// With `pagination`.
        case page(Schema)
        case nothing
        /// Server-sent events, each of this form.
        case events(Schema)
        /// A socket: what is said to it, and what it says.
        case socket(said: Schema, heard: Schema)
        /// Bytes of one of these types.
        case file([String])
        /// JSON without the envelope.
        case bare(Schema)
    }

    let status: HTTPResponse.Status
    let kind: Kind
    /// When it is answered so; nil where there is one way.
    let about: String?
    /// Some that come with it, beyond those of every answer of its kind.
    var headers: [DocumentedHeader] = []

    static func object(_ schema: Schema, _ status: HTTPResponse.Status = .ok, _ about: String? = nil) -> Reply {
        Reply(status: status, kind: .object(schema), about: about)
    }
    static func list(_ schema: Schema, _ status: HTTPResponse.Status = .ok, _ about: String? = nil) -> Reply {
        Reply(status: status, kind: .list(schema), about: about)
    }
    static func page(_ schema: Schema) -> Reply { Reply(status: .ok, kind: .page(schema), about: nil) }
    static let nothing = Reply(status: .noContent, kind: .nothing, about: nil)
    /// A run's records, where nothing else is said.
    static func events(_ about: String? = nil, of event: Schema = .event(of: .runRecord)) -> Reply {
        Reply(status: .ok, kind: .events(event), about: about)
    }
    static func socket(said: Schema, heard: Schema, _ about: String) -> Reply {
        Reply(status: .switchingProtocols, kind: .socket(said: said, heard: heard), about: about)
    }
    static func file(_ types: String..., about: String? = nil) -> Reply {
        Reply(status: .ok, kind: .file(types), about: about)
    }
    static func bare(_ schema: Schema, _ status: HTTPResponse.Status = .ok, _ about: String? = nil) -> Reply {
        Reply(status: status, kind: .bare(schema), about: about)
    }

    func with(_ headers: DocumentedHeader...) -> Reply {
        var copy = self
        copy.headers += headers
        return copy
    }
}
