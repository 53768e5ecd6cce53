import Storage

/// What the page of the instance's settings shows and does not change: how mail is sent, and which models answer.
struct InstanceState: Sendable {
    /// nil where none is sent.
    var mail: SystemFacts.Mail?
    /// Which models the reader's organisation uses where nobody chooses; none where there is no model.
    var choices: [Fact] = []
}

extension InstanceState {
    /// `models` are those that may be used, `chosen` what does the rest besides answering.
    static func choices(_ models: [ModelRecord], _ chosen: [DefaultModel], _ words: Words) -> [Fact] {
        let answering = models.filter(\.isForConversations)
        guard !answering.isEmpty else { return [] }
        let fallbacks = answering.filter { $0.fallbackRank != nil }.sorted {
            ($0.fallbackRank ?? 0) < ($1.fallbackRank ?? 0)
        }
        let none = words["providers.noFallback"]
        let usual = answering.first(where: \.isDefault)?.displayName
        return [
            Fact(name: words["providers.default"], value: usual ?? none),
            Fact(
                name: words["instance.fallbacks"],
                value: fallbacks.isEmpty ? none : fallbacks.map(\.displayName).joined(separator: ", ")
            ),
        ]
            + ModelPurpose.allCases.map { purpose in
                let named = chosen.first { $0.purpose == purpose && $0.modelID != nil }?.name
                return Fact(
                    name: words["providers.purpose.\(purpose.rawValue)"],
                    value: named ?? words["providers.usual.\(purpose.rawValue)"]
                )
            }
    }
}

extension SystemFacts.Mail {
    /// Where mail is handed in, and whom it is from.
    func facts(_ words: Words) -> [Fact] {
        [
            Fact(
                name: words["health.mailServer"],
                value: security == "none" ? server : "\(server) (\(security.uppercased()))"
            ),
            Fact(name: words["health.mailSender"], value: sender),
        ]
    }
}
