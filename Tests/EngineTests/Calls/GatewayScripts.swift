import Foundation

@testable import Engine

/// Models by name, each with what it does.
struct Scripts: ModelSource {
    enum Script: Sendable {
        case success([String])
        case failure(ModelError)
        case broken([String], ModelError)
        case endless
        case silent
    }

    let scripts: [String: Script]
    let asked = Locked<[ModelRequest]>([])
    /// Rings when one has been asked that says nothing.
    let silence = Signal()

    init(_ scripts: [String: Script]) { self.scripts = scripts }

    func model(named name: String, at endpoint: ProviderEndpoint) -> any Model {
        Player(script: scripts[name] ?? .success([]), asked: asked, silence: silence)
    }

    func probe(_ endpoint: ProviderEndpoint) async -> ProbeResult { ProbeResult(latency: 0, models: []) }
    func discover() async -> [DiscoveredProvider] { [] }

    private struct Player: Model {
        let script: Script
        let asked: Locked<[ModelRequest]>
        let silence: Signal

        func answer(_ request: ModelRequest, receive: @Sendable (ModelPiece) async throws -> Void) async throws {
            asked.withLock { $0.append(request) }
            switch script {
            case .success(let words):
                for word in words { try await receive(.text(word)) }
                try await receive(.usage(TokenUsage(input: 3, output: 2)))
                try await receive(.finish(.stop))
            case .failure(let error): throw error
            case .broken(let words, let error):
                for word in words { try await receive(.text(word)) }
                throw error
            // For ever, as far as the tests are concerned: these are cut.
            case .silent:
                silence.ring()
                try await Task.sleep(for: .seconds(600))
            case .endless:
                try await receive(.text("On and on"))
                try await Task.sleep(for: .seconds(600))
            }
        }
    }
}

/// A journal of single calls in memory, with one budget at most.
final class CallLedger: GatewayJournal {
    private struct State {
        var records: [UsageRecord] = []
        /// Of these, what was written down behind the answer.
        var noted: [UsageRecord] = []
        var reserved: [BudgetReservation] = []
        var entered = 0
        var left = 0
    }

    private let state = Locked(State())
    private let budget: Decimal?

    init(budget: Decimal? = nil) { self.budget = budget }

    var records: [UsageRecord] { state.withLock { $0.records } }
    var noted: [UsageRecord] { state.withLock { $0.noted } }
    var reserved: [BudgetReservation] { state.withLock { $0.reserved } }
    var entered: Int { state.withLock { $0.entered } }
    var left: Int { state.withLock { $0.left } }

    func reserve(_ reservation: BudgetReservation) async throws -> BudgetAnswer {
        guard let budget else { return .granted([]) }
        let isRefused = reservation.cost > budget
        let standing = BudgetStanding(
            id: .v7(),
            name: "Lunch",
            scope: .user,
            period: .day,
            amount: budget,
            currency: reservation.currency,
            spent: 0,
            reserved: 0,
            reached: isRefused ? .stop : nil
        )
        if isRefused { return .refused([standing]) }
        state.withLock { $0.reserved.append(reservation) }
        return .granted([standing])
    }

    func enter(
        _ provider: UUID,
        _ limit: ProviderLimit,
        for holder: CallHolder
    ) async throws -> ProviderEntry {
        state.withLock { state in
            guard state.entered - state.left < limit.concurrent ?? .max else { return .full(seconds: nil) }
            state.entered += 1
            return .entered(.v7())
        }
    }

    func leave(_ call: UUID) async throws { state.withLock { $0.left += 1 } }
    func renew(_ calls: [UUID]) async throws {}
    func record(_ usage: UsageRecord, of caller: GatewayCaller) async throws {
        state.withLock { $0.records.append(usage) }
    }

    func note(_ usage: UsageRecord, of caller: GatewayCaller) async throws {
        state.withLock { $0.noted.append(usage) }
        try await record(usage, of: caller)
    }
}
