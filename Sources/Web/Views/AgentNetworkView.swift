import Engine

/// Where an agent's programs may go, in a form.
struct AgentNetworkView: Sendable {
    let hosts: Field
    let bundles: [Bundle]

    /// A short name, and what it stands for.
    struct Bundle: Sendable {
        let name: String
        let hosts: String
    }

    /// `typed`: what stands in the form; nil for what is kept.
    init(_ list: NetworkList, typed: String? = nil, error: String? = nil, voice: Voice) {
        hosts = Field(
            "hosts",
            label: voice.words["network.hosts"],
            value: typed ?? list.entries.joined(separator: ", "),
            hint: voice.words["network.hostsHint"],
            error: error
        )
        bundles = NetworkList.bundles.sorted { $0.key < $1.key }
            .map { Bundle(name: $0.key, hosts: $0.value.joined(separator: ", ")) }
    }
}
