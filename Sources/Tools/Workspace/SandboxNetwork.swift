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

    init(proxy: EgressProxy, list: NetworkList) {
        let record = EgressRecord()
        self.record = record
        door = SandboxDoor(network: { listener in
            await proxy.serve(listener.number, permission: { list.permits($0, $1) }, record: record)
        })
    }

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
        let refusals = record.refusals.map { JSONValue.string("\($0.place) \($0.reason)") }
        return (traffic.isEmpty ? [:] : ["network": .array(traffic)])
            .merging(refusals.isEmpty ? [:] : ["network_refused": .array(refusals)]) { one, _ in one }
    }
}
