import Fetch
import NIOCore

/// One sandbox's connections: each is asked where it wants to go, and led there or turned away.
struct EgressDoor: Sendable {
    let owner: EgressProxy.Owner
    let permission: EgressProxy.Permission
    let addresses: AddressPolicy
    let names: NameResolver
    let limits: EgressLimits
    let record: EgressRecord

    func answer(_ client: EgressStream) async {
        defer { client.end() }
        guard record.enters(limits) else { return }
        defer { record.leaves() }
        do {
            guard let (request, rest) = try await Self.request(from: client) else { return }
            let upstream = try await open(request)
            defer { upstream.end() }
            try await carry(request, rest, client, upstream)
        } catch let refusal as EgressRefusal {
            try? await client.send(refusal.answer)
        } catch {
            // One of the two is gone: the other one is ended too.
        }
    }

    /// With what came behind it; nil when the program has gone.
    private static func request(from client: EgressStream) async throws -> (EgressRequest, ByteBuffer)? {
        var received = ByteBuffer()
        while var piece = await client.next() {
            received.writeBuffer(&piece)
            if let request = try EgressRequest(&received) { return (request, received) }
        }
        return nil
    }

    /// A connection to one of the addresses that the name has, each looked at before it is used.
    private func open(_ request: EgressRequest) async throws -> EgressStream {
        let (host, port) = (request.address.host, request.address.port)
        guard permission(host, port) else {
            record.refuse(request.place, "is not on this \(owner.rawValue)'s list")
            throw EgressRefusal(.forbidden, "\(request.place) is not on this \(owner.rawValue)'s list.")
        }
        guard record.hasRoom(limits) else {
            let reason = EgressRecord.usedUp(limits)
            record.refuse(request.place, reason)
            throw EgressRefusal(.forbidden, "\(request.place) \(reason).")
        }
        let found = await names.addresses(of: host)
        guard !found.isEmpty else {
            record.refuse(request.place, "has an unknown name")
            throw EgressRefusal(.badGateway, "The name \(host) is not known.")
        }
        let allowed = found.filter { addresses.permits($0) }
        guard !allowed.isEmpty else {
            record.refuse(request.place, "leads into a private or local network")
            throw EgressRefusal(.forbidden, "\(request.place) leads into a private or local network.")
        }
        for address in allowed.prefix(4) {
            guard let place = try? SocketAddress(ipAddress: address.text, port: port) else { continue }
            if let stream = try? await EgressStream.connect(to: place, limits) { return stream }
            try Task.checkCancellation()
        }
        record.refuse(request.place, "does not answer")
        throw EgressRefusal(.badGateway, "\(request.place) does not answer.")
    }

    /// Both directions, until one of them ends.
    private func carry(
        _ request: EgressRequest,
        _ rest: ByteBuffer,
        _ client: EgressStream,
        _ upstream: EgressStream
    ) async throws {
        let count = record.connection(to: request.place)
        if let greeting = request.greeting { try await client.send(greeting) }
        if let head = request.head { try await upstream.send(head) }
        try await withThrowingTaskGroup { group in
            group.addTask {
                while let piece = await upstream.next(), record.counts(piece.readableBytes, received: count, limits) {
                    try await client.send(piece)
                }
            }
            group.addTask {
                var left = request.bodyBytes
                var next: ByteBuffer? = rest
                while var piece = next {
                    // Behind the one request that was checked, nothing more goes there.
                    guard let wanted = piece.take(atMost: left),
                        record.counts(wanted.readableBytes, sent: count, limits)
                    else { return }
                    if wanted.readableBytes > 0 { try await upstream.send(wanted) }
                    left = left.map { $0 - wanted.readableBytes }
                    next = await client.next()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

extension ByteBuffer {
    /// All of it; nil when it is more than that.
    fileprivate mutating func take(atMost most: Int?) -> ByteBuffer? {
        guard let most else { return self }
        return readableBytes <= most ? self : nil
    }
}
