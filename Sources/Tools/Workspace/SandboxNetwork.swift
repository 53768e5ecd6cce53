import Egress
package import Engine
package import Fetch
import Foundation
import Sandbox

/// The network of sandboxed programs: what a person has listed for the agent, through the proxy alone.
package struct SandboxNetwork: Sendable {
    private let proxy: EgressProxy
    private let networks: any AgentNetworks

    /// `addresses`: where any program may go at all.
    package init(addresses: AddressPolicy, networks: any AgentNetworks) {
        proxy = EgressProxy(addresses: addresses)
        self.networks = networks
    }

    /// For one call; nil when its agent has no network.
    func visit(for context: ToolContext) async throws -> NetworkVisit? {
        let list = try await networks.network(ofAgent: context.run.agentID, by: context.principal)
        return list.isEmpty ? nil : NetworkVisit(proxy: proxy, list: list)
    }
}

/// One command's way out, and what was done on it.
struct NetworkVisit: Sendable {
    let door: SandboxDoor
    private let record: EgressRecord

    /// `owner`: whose list it is. `tell` hears what is refused, as it comes.
    init(
        proxy: EgressProxy,
        list: NetworkList,
        of owner: EgressProxy.Owner = .agent,
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        let record = EgressRecord { tell("\($0.place) \($0.reason)") }
        self.record = record
        door = SandboxDoor(network: { listener in
            await proxy.serve(
                listener.number,
                for: owner,
                permission: { list.permits($0, $1) },
                record: record
            )
        })
    }

    /// What it wanted and did not get, such as "example.org:443 is not on this agent's list".
    var refusals: [String] { record.refusals.map { "\($0.place) \($0.reason)" } }

    /// Fields of the call's result, which the run's log keeps: where it went, how much, and what was refused.
    var summary: [String: JSONValue] {
        let traffic = record.traffic.map { one in
            JSONValue.object([
                "host": .string(one.place),
                "connections": .number(Decimal(one.connections)),
                "sent_bytes": .number(Decimal(one.sentBytes)),
                "received_bytes": .number(Decimal(one.receivedBytes)),
            ])
        }
        let refusals = refusals.map { JSONValue.string($0) }
        return (traffic.isEmpty ? [:] : ["network": .array(traffic)])
            .merging(refusals.isEmpty ? [:] : ["network_refused": .array(refusals)]) { one, _ in one }
    }
}
