import ArgumentParser
import Engine
import Foundation

/// What all commands take that tell a run.
struct WatchOptions: ParsableArguments {
    @OptionGroup var options: ClientOptions

    @Option(help: "What becomes of calls that need an approval: all, ask or none. On a terminal you are asked.")
    var approve: ApprovalPolicy?

    @Flag(name: .shortAndLong, help: "Say nothing of what happens on the way.")
    var quiet = false

    func policy(_ traits: TerminalTraits) throws -> ApprovalPolicy {
        if approve == .ask, !traits.isInteractive {
            throw CommandFailure(.usage, "--approve ask needs a terminal. Use all or none.")
        }
        return approve ?? (traits.isInteractive ? .ask : .none)
    }

    /// One run to its end, printed as the options say. Throws what it ends with when that is no answer.
    func see(
        _ client: ServerClient,
        timeout: Duration? = nil,
        streamsEvents: Bool = false,
        stopsRun: Bool = true,
        begin: @escaping @Sendable () async throws -> WatchedRun
    ) async throws {
        let traits = TerminalTraits.now()
        let policy = try policy(traits)
        try await Interrupts.during { interrupts in
            let screen = TurnScreen(traits, output(traits, streamsEvents), isQuiet: quiet)
            var watch = TurnWatch(client: client, screen: screen, policy: policy, interrupts: interrupts)
            watch.asker = policy == .none || !traits.isInteractive ? nil : Asker(TerminalLines(), screen)
            (watch.timeout, watch.stopsRun) = (timeout, stopsRun)
            let run = try await interrupts.orLeave(begin)
            let seen = try await watch.see(run)
            try await print(seen, run.conversation, screen, client)
            if let failure = seen.end.failure(seen.story, conversation: run.conversation) { throw failure }
        }
    }

    private func output(_ traits: TerminalTraits, _ streamsEvents: Bool) -> TurnScreen.Output {
        if streamsEvents { return .events }
        if options.json { return .nothing }
        return traits.hasOutput ? .words : .answer
    }

    private func print(
        _ seen: TurnWatch.Seen,
        _ conversation: String,
        _ screen: TurnScreen,
        _ client: ServerClient
    ) async throws {
        switch screen.output {
        case .words, .answer:
            screen.end(seen.end == .completed ? seen.story.answer : "")
            if seen.story.isRewritten {
                screen.note("The answer was begun anew, and is shorter than what stands here.")
            }
        case .events, .nothing:
            let report = try await RunReport(seen, conversation: conversation, client: client).json
            if case .nothing = screen.output { return options.show(report) { report, _ in report.text } }
            Terminal.say(JSONValue.object(["type": .string("result"), "data": report]).text.harmlessJSON)
        }
    }
}

/// What all commands take that have something answered.
struct TurnOptions: ParsableArguments {
    @Option(help: "Who answers; the agent Assistant when none is named.")
    var agent: String?

    @Option(help: "The model that answers; the agent's own when none is named.")
    var model: String?

    @OptionGroup var watching: WatchOptions

    /// A turn's beginning, with what the options name looked up.
    func start(_ client: ServerClient, in conversation: String?) async throws -> TurnStart {
        var start = TurnStart(client: client, conversation: conversation)
        if let agent { start.agent = try await Finder(client: client).agent(agent)["agent_id"]?.string }
        if let model { start.model = try await Finder(client: client).model(model)["model_id"]?.string }
        return start
    }
}

extension ApprovalPolicy: ExpressibleByArgument {}
