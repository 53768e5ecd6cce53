import Engine
import Foundation
package import NIOCore

/// Knows when a client hangs up while its answer is being made: nobody should go on working for it.
package final class ClientPresence: Sendable {
    private typealias Watchers = [ObjectIdentifier: [UInt64: @Sendable () -> Void]]

    private struct State {
        var watchers: Watchers = [:]
        var last: UInt64 = 0
        /// Those whose client has hung up, until they are taken down.
        var gone: Set<ObjectIdentifier> = []
    }

    private let state = Locked(State())

    package init() {}

    /// For the pipeline of every connection.
    package var handler: any RemovableChannelHandler { Handler(presence: self) }

    /// What `work` returns, in a task that is cancelled when the client goes.
    func working<Answer: Sendable>(
        for channel: any Channel,
        _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        // Cancelled with the caller's, and awaited by it.
        let task = Task(executorPreference: LoopExecutor.preferred) { try await work() }
        let number = watch(channel) { task.cancel() }
        defer { forget(number, of: channel) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Calls `act` when the client goes, until `forget`; at once when it has gone already.
    func watch(_ channel: any Channel, _ act: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, isGone) = state.withLock { state in
            state.last += 1
            state.watchers[ObjectIdentifier(channel), default: [:]][state.last] = act
            return (state.last, state.gone.contains(ObjectIdentifier(channel)))
        }
        if isGone { act() }
        return number
    }

    func forget(_ number: UInt64, of channel: any Channel) {
        state.withLock { state in
            let key = ObjectIdentifier(channel)
            state.watchers[key]?[number] = nil
            if state.watchers[key]?.isEmpty == true { state.watchers[key] = nil }
        }
    }

    fileprivate func left(_ channel: any Channel) {
        let actions = state.withLock { state in
            state.gone.insert(ObjectIdentifier(channel))
            return state.watchers[ObjectIdentifier(channel)] ?? [:]
        }
        for act in actions.values { act() }
    }

    fileprivate func takenDown(_ channel: any Channel) {
        state.withLock { _ = $0.gone.remove(ObjectIdentifier(channel)) }
    }
}

extension ClientPresence {
    /// Hears of a connection's end, or of the client's half of it.
    private final class Handler: ChannelInboundHandler, RemovableChannelHandler, Sendable {
        typealias InboundIn = NIOAny

        private let presence: ClientPresence

        init(presence: ClientPresence) { self.presence = presence }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .inputClosed? = event as? ChannelEvent { presence.left(context.channel) }
            context.fireUserInboundEventTriggered(event)
        }

        func handlerRemoved(context: ChannelHandlerContext) { presence.takenDown(context.channel) }

        func channelInactive(context: ChannelHandlerContext) {
            presence.left(context.channel)
            context.fireChannelInactive()
        }
    }
}
