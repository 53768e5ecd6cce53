import Engine

/// The names in an answer to "which models have you?".
struct ModelList: Equatable {
    /// Sorted, each once.
    let names: [String]

    /// nil when the document is no list of models. OpenAI and Anthropic say `data`, some servers `models`, some
    /// send the bare list; a model is called `id` or `name`.
    init?(_ document: JSONValue) {
        guard let entries = (document["data"] ?? document["models"] ?? document).array else { return nil }
        let names = entries.compactMap { $0["id"]?.string ?? $0["name"]?.string ?? $0["model"]?.string }
        // A list of something else, not an empty list.
        guard names.count == entries.count else { return nil }
        self.names = Array(Set(names.filter { !$0.isEmpty })).sorted()
    }

    /// Only what OpenAI's protocol promises: for servers that nobody named, where other programs may answer as well.
    init?(strict document: JSONValue) {
        guard document["object"] == .string("list"), document["data"]?.array != nil else { return nil }
        self.init(.object(["data": document["data"] ?? .null]))
    }
}
