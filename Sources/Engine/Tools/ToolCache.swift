/// What pure tools have said lately, so that the same call in the same organisation need not be done again.
///
/// It is this process's own and forgets: what a run goes by is the result in its log, never what stands here.
final class ToolCache: Sendable {
    struct Key: Hashable, Sendable {
        let organisation: String
        let tool: String
        /// Of a tool that people change, what tells this form of it from others.
        let version: String
        /// The input as JSON in its one form.
        let input: String
    }

    private struct Shelf {
        var entries: [Key: (result: String, use: UInt64)] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    private let entryLimit: Int
    private let byteLimit: Int
    private let shelf = Locked(Shelf())

    init(entries: Int = 2000, bytes: Int = 16 << 20) {
        entryLimit = entries
        byteLimit = bytes
    }

    func result(_ key: Key) -> String? {
        shelf.withLock { shelf in
            shelf.uses += 1
            shelf.entries[key]?.use = shelf.uses
            return shelf.entries[key]?.result
        }
    }

    func keep(_ result: String, for key: Key) {
        let size = key.size + result.utf8.count
        guard size <= byteLimit / 16 else { return }
        shelf.withLock { shelf in
            shelf.uses += 1
            if let old = shelf.entries.updateValue((result, shelf.uses), forKey: key) {
                shelf.bytes -= key.size + old.result.utf8.count
            }
            shelf.bytes += size
            guard shelf.entries.count > entryLimit || shelf.bytes > byteLimit else { return }
            // A quarter at once, so that one looks for the oldest rarely.
            for (key, entry) in shelf.entries.sorted(by: { $0.value.use < $1.value.use }) {
                guard shelf.entries.count > entryLimit * 3 / 4 || shelf.bytes > byteLimit * 3 / 4 else { return }
                shelf.entries[key] = nil
                shelf.bytes -= key.size + entry.result.utf8.count
            }
        }
    }
}

extension ToolCache.Key {
    fileprivate var size: Int { organisation.utf8.count + tool.utf8.count + version.utf8.count + input.utf8.count }

    /// nil for a call whose result is of this moment, or which has to be done for what it does.
    init?(_ specification: ToolSpecification, input: JSONValue, parameters: JSONValue, run: Run) {
        guard specification.effect == .pure, !specification.asksPerson else { return nil }
        self.init(
            organisation: run.organisationID.text,
            tool: specification.name,
            version: specification.version,
            input: input.text + parameters.text
        )
    }
}
