import ArgumentParser
import Engine
import Foundation

/// `alma approvals`: what waits for a person, seen and answered from the terminal.
struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals",
        abstract: "See and answer what waits for you: tool calls, questions, calls that a crash cut short.",
        subcommands: [List.self, Approve.self, Deny.self, Answer.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What waits for you.")

        @OptionGroup var options: ClientOptions

        func run() async throws {
            try await options.withClient { client in
                options.show(try await client.get("/v1/approvals").array ?? [], .approvals)
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a tool call go on.")

        @OptionGroup var call: WaitingCall

        @Option(help: "Another input than the model's, as a JSON object.")
        var input: String?

        @Flag(help: "Allow this tool to this agent from now on.")
        var remember = false

        func run() async throws {
            var fields: [String: JSONValue] = ["decision": .string("approve"), "remember": .bool(remember)]
            if let input {
                guard let value = try? JSONValue(parsing: input), value.object != nil else {
                    throw ValidationError("--input must be a JSON object.")
                }
                fields["tool_input"] = value
            }
            try await call.answer(fields)
        }
    }

    struct Deny: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Refuse a tool call, or leave a question unanswered.")

        @OptionGroup var call: WaitingCall

        func run() async throws { try await call.answer(["decision": .string("deny")]) }
    }

    struct Answer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer a question, or say what to do about a call that may have been executed.",
            discussion: "Of a call that may have been executed the answer is again, done or stop."
        )

        @OptionGroup var call: WaitingCall

        @Argument(help: "The answer, word for word as offered, or free text where that is allowed.")
        var answer: String

        @Option(help: "With `done`: what the agent should know.")
        var note: String?

        func run() async throws {
            try await call.answer { waiting in
                guard waiting.kind == .maybeExecuted else { return ["answer": .string(answer)] }
                return ["decision": .string(answer), "note": note.map { .string($0) } ?? .null]
            }
        }
    }
}

/// The call that a command is about.
struct WaitingCall: ParsableArguments {
    @Argument(help: "The call, as `alma approvals list` shows it; its end is enough.")
    var call: String

    @OptionGroup var options: ClientOptions

    func answer(_ fields: [String: JSONValue]) async throws { try await answer { _ in fields } }

    /// `fields` of what is said, given what waits.
    func answer(_ fields: (AskedCall) -> [String: JSONValue]) async throws {
        try await options.withClient { client in
            let found = try await Finder(client: client).call(call)
            let answered = try await client.post(found.path, .object(fields(found)))
            options.show(answered) { run, _ in
                "Answered \(found.call.harmlessLine); the run is \(run["state"]?.string ?? "there")."
            }
        }
    }
}
