import Engine
import HTTPTypes

// An endpoint as an operation of OpenAPI.

extension Endpoint {
    /// `get_v1_agents_id`: for generated clients, and as an anchor.
    var operationID: String {
        let words = path.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
        return ([method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    /// All that the operation shows.
    var schemas: [Schema] {
        parameters.map(\.schema) + query.map(\.schema) + (content.map { [$0.schema()] } ?? [])
            + replies.flatMap(\.schemas)
    }

    /// `isRead`: whether what it changes can be read, so that the change may be made to depend on what was seen.
    func operation(isRead: Bool) -> JSONObject {
        JSONObject { json in
            json.set("operationId", operationID)
            json.set("tags", [tag.rawValue])
            json.set("summary", summary)
            if let about = description { json.set("description", about) }
            switch access {
            case .anyone: json.set("security", [JSONObject]())
            case .inPerson: json.set("security", [OpenAPIDocument.needs(OpenAPIDocument.bearer)])
            case .signedIn, .superuser, .permitted: break
            }
            let common = access == .anyone ? [] : [RequestHeader.organisation.reference]
            let own = parameters.map(\.json) + query.map(\.json) + headers(isRead).map(\.parameter)
            json.set("parameters", own + common)
            if let content { json.set("requestBody", content.json) }
            json.set("responses", responses(isRead))
        }
    }

    private var description: String? {
        let forAdministrators: String? =
            switch access {
            case .superuser: "For administrators."
            case .permitted(let permission): "Needs the permission `\(permission.rawValue)`."
            case .anyone, .signedIn, .inPerson: nil
            }
        let inPerson = access == .inPerson ? "Not with an API key." : nil
        let parts = [about, forAdministrators, inPerson].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    func headers(_ isRead: Bool) -> [RequestHeader] {
        if isForMCP { return method == .get ? [] : [.mcpSession] }
        var headers: [RequestHeader] = []
        if replies.contains(where: \.isEvents), method == .get { headers.append(.lastEventID) }
        if replies.contains(where: \.isEvents), method == .post, !isForOpenAI { headers.append(.prefer) }
        if takesKey { headers.append(.idempotencyKey) }
        if isTagged { headers.append(.ifNoneMatch) }
        if isGuarded(isRead) { headers.append(.ifMatch) }
        return headers
    }

    private var isTagged: Bool { method == .get && replies.contains(where: \.isTagged) }
    private func isGuarded(_ isRead: Bool) -> Bool { isRead && mayDepend }

    private func responses(_ isRead: Bool) -> JSONObject {
        var order: [String] = []
        var replied: [String: [Reply]] = [:]
        for reply in replies {
            let status = String(reply.status.code)
            if replied[status] == nil { order.append(status) }
            replied[status, default: []].append(reply)
        }
        return JSONObject { json in
            for status in order {
                json.set(status, Reply.response(replied[status] ?? [], isTagged: isTagged, isReplayed: isReplayed))
            }
            if isTagged { json.set("304", OpenAPIDocument.notModified.reference) }
            let failures = Dictionary(grouping: refusals(isRead), by: { status(of: $0) })
            // A status that a reply describes is described.
            for (status, codes) in failures.sorted(by: { $0.key < $1.key }) where replied[String(status)] == nil {
                let name = (isForOpenAI ? OpenAIError.responsePrefix : "") + codes[0].rawValue
                let reference = JSONObject { $0.set("$ref", "#/components/responses/\(name)") }
                json.set(String(status), reference)
            }
        }
    }

    /// Whether an answer may be one that was given before to the same key.
    private var isReplayed: Bool { isRepeatable || (takesKey && isForOpenAI) }

    func status(of code: WebError.Code) -> Int {
        let error = WebError(code, "")
        return isForOpenAI ? OpenAIError(error).status.code : error.status.code
    }

    /// All that it can be refused with.
    func refusals(_ isRead: Bool) -> [WebError.Code] {
        var codes: Set<WebError.Code> = [.badRequest, .rateLimited, .internalError, .unavailable]
        codes.formUnion(errors)
        if access != .anyone { codes.formUnion([.unauthorized, .forbidden]) }
        if takesKey { codes.formUnion([.conflict, .tooLarge, .requestTimeout]) }
        if isGuarded(isRead) { codes.insert(.preconditionFailed) }
        if !parameters.isEmpty { codes.insert(.notFound) }
        if !query.isEmpty || content != nil { codes.insert(.validation) }
        if content != nil { codes.formUnion([.tooLarge, .requestTimeout]) }
        // Clients of OpenAI's API, and those of MCP, are not asked what they call their JSON.
        if content != nil, !isForOpenAI, !isForMCP { codes.insert(.unsupportedMediaType) }
        return WebError.Code.allCases.filter(codes.contains)
    }
}

extension PathParameter {
    var json: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("in", "path")
            $0.set("required", true)
            $0.set("schema", schema.json)
        }
    }
}

extension QueryField {
    var json: JSONObject {
        JSONObject {
            $0.set("name", name)
            $0.set("in", "query")
            if let about = schema.about { $0.set("description", about) }
            $0.set("required", false)
            $0.set("schema", schema.with { $0.about = nil }.json)
        }
    }
}

extension EndpointContent {
    var json: JSONObject {
        let schema = schema()
        return JSONObject {
            $0.set("required", true)
            $0.set(
                "content",
                JSONObject {
                    $0.set(
                        mediaType,
                        JSONObject {
                            $0.set("schema", schema.json)
                            if let encoding = schema.encoding { $0.set("encoding", encoding) }
                            $0.raw("example", schema.sample())
                        }
                    )
                }
            )
        }
    }
}
