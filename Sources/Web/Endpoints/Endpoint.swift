import Engine
import HTTPTypes
import Hummingbird
import Storage

/// One call of the JSON API, said once: the router's route and the operation of the reference are both made of it.
///
///     Endpoint(
///         .patch, "/v1/agents/{id}", .agents, "Changes an agent",
///         about: "What is left out stays.",
///         body: .json(AgentChange.self, ["name": .length(1...100)]),
///         replies: [.object(.agent)], errors: [.conflict], use: update
///     )
///
/// The body arrives decoded, and its schema is what its type decodes; a query is read by the parameters that are named here.
/// What every call of its kind can be refused with is added by itself: 401 where one must be signed in, 404 where the path
/// has a parameter, 400, 413, 415 and 422 with a body.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, WebContext) async throws -> Response

    /// Who may ask. What belongs to somebody is looked up by the handler, as theirs.
    enum Access: Sendable, Equatable {
        case anyone
        case signedIn
        /// The person's own business: no key of theirs does it.
        case inPerson
        case superuser
        /// Those whose role holds it.
        case permitted(Permission)
    }

    /// Who sees to it that a `POST` with an `Idempotency-Key` is done once.
    enum KeyKeeper: Sendable {
        /// The door, which keeps the answer for a day.
        case door
        /// The handler, with what it begins.
        case handler
        /// Nobody: each time is another one, or it is all the same how often it comes.
        case nobody
    }

    let method: HTTPRequest.Method
    /// With `{name}` for what varies; the reference and the router write it alike.
    let path: String
    /// Where that is read which it changes: its own address, where nothing else is said; or `nowhere`.
    let subject: String
    let tag: EndpointTag
    /// A short sentence without a full stop.
    let summary: String
    let about: String?
    let access: Access
    let parameters: [PathParameter]
    let query: [QueryField]
    let content: EndpointContent?
    let replies: [Reply]
    /// That it can be refused with, beyond what goes without saying.
    let errors: [WebError.Code]
    /// Whose business an `Idempotency-Key` is.
    let key: KeyKeeper
    /// Bytes of a body; nil for what is usual.
    let longest: Int?
    let handler: Handler

    /// A change of what is read at no address cannot depend on what was seen.
    static let nowhere = ""

    /// Without a body, or with one that `use` reads itself.
    init(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ tag: EndpointTag,
        _ summary: String,
        about: String? = nil,
        access: Access = .signedIn,
        changing subject: String? = nil,
        parameters: [String: Schema] = [:],
        query: [QueryField] = [],
        content: EndpointContent? = nil,
        replies: [Reply] = [.nothing],
        errors: [WebError.Code] = [],
        key: KeyKeeper = .door,
        longest: Int? = nil,
        use handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.subject = subject ?? path
        self.tag = tag
        self.summary = summary
        self.about = about
        self.access = access
        self.parameters = PathParameter.all(in: path, known: parameters)
        self.query = query
        self.content = content
        self.replies = replies
        self.errors = errors
        self.key = key
        self.longest = longest
        self.handler = handler
    }

    /// With a body, which `use` gets as what it was decoded to.
    init<Input: Sendable>(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ tag: EndpointTag,
        _ summary: String,
        about: String? = nil,
        access: Access = .signedIn,
        parameters: [String: Schema] = [:],
        query: [QueryField] = [],
        body: EndpointBody<Input>,
        replies: [Reply] = [.nothing],
        errors: [WebError.Code] = [],
        key: KeyKeeper = .door,
        use handler: @escaping @Sendable (Input, Request, WebContext) async throws -> Response
    ) {
        self.init(
            method,
            path,
            tag,
            summary,
            about: about,
            access: access,
            parameters: parameters,
            query: query,
            content: body.content,
            replies: replies,
            errors: errors,
            key: key,
            use: { request, context in
                try await handler(try await body.read(request, context), request, context)
            }
        )
    }

    /// As it is registered: a parameter at the end of an address in OpenAI's API takes all that follows, slashes too.
    var routerPath: String {
        isForOpenAI && path.hasSuffix("}") ? String(path.prefix { $0 != "{" }) + "**" : path
    }

    /// Whether it answers as OpenAI's API does, errors too.
    var isForOpenAI: Bool { tag == .gateway }

    /// Whether it speaks the Model Context Protocol, in which JSON-RPC says most of what is elsewhere said by headers.
    var isForMCP: Bool { tag == .overMCP }

    /// Whether somebody's `If-Match` can be checked: what the other changes is read here.
    func isReading(of other: Endpoint) -> Bool {
        method == .get && path == other.subject && replies.contains(where: \.isTagged)
    }

    /// Whether it changes something that a caller may have seen before.
    var mayDepend: Bool { [.put, .patch, .delete].contains(method) || subject != path }
}

/// What stands for `{name}` in a path: a UUID where nothing else is said.
struct PathParameter: Sendable {
    let name: String
    let schema: Schema

    static func all(in path: String, known: [String: Schema]) -> [PathParameter] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            let name = String(part.dropFirst().dropLast())
            return PathParameter(name: name, schema: known[name] ?? .uuid)
        }
    }
}

/// Puts endpoints together one after the other.
@resultBuilder
enum EndpointBuilder {
    static func buildExpression(_ endpoint: Endpoint) -> [Endpoint] { [endpoint] }
    static func buildExpression(_ endpoints: [Endpoint]) -> [Endpoint] { endpoints }
    static func buildBlock(_ endpoints: [Endpoint]...) -> [Endpoint] { endpoints.flatMap(\.self) }
}

extension Endpoint.Access {
    /// Whether it takes more than to be somebody.
    var isAdministrative: Bool {
        switch self {
        case .superuser, .permitted: true
        case .anyone, .signedIn, .inPerson: false
        }
    }
}
