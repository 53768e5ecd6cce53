import Foundation

/// What came of trying a kept tool out. Nothing of it is kept in a conversation.
package struct ToolTrial: Sendable, Equatable {
    /// What a model would read; nil when it failed.
    package var result: String?
    package var error: String?
    package var seconds: Double

    package init(result: String? = nil, error: String? = nil, seconds: Double) {
        self.result = result
        self.error = error
        self.seconds = seconds
    }
}

extension ToolCatalogue {
    /// What keeps a kept tool from working here; nil when nothing does.
    package func complaint(about kept: KeptTool) -> String? {
        do {
            let schema = try JSONValue(parsing: kept.specification.schema)
            guard schema["type"]?.string == "object" else { return "The schema must be one of an object." }
            _ = try JSONSchema(schema)
            _ = try make(kept)
            return ToolFloor(type: kept.type, definition: kept.definition)?.complaint(about: kept.specification)
        } catch {
            return (error as? ToolFailure)?.message ?? "\(error)"
        }
    }

    /// Does it once, for real, as a person of an organisation.
    package func trial(of kept: KeptTool, input: JSONValue, by principal: Principal) async -> ToolTrial {
        let start = ContinuousClock.now
        do {
            let result = try await perform(kept, input, by: principal)
            return ToolTrial(result: result, seconds: start.duration(to: .now) / .seconds(1))
        } catch {
            let message = (error as? ToolFailure)?.message ?? "The tool failed on the server."
            return ToolTrial(error: message, seconds: start.duration(to: .now) / .seconds(1))
        }
    }

    private func perform(_ kept: KeptTool, _ input: JSONValue, by principal: Principal) async throws -> String {
        if let complaint = complaint(about: kept) { throw ToolFailure(complaint) }
        let violations = try JSONSchema(JSONValue(parsing: kept.specification.schema)).validate(input)
        guard violations.isEmpty else { throw ToolFailure(violations.map(\.description).joined(separator: "\n")) }
        guard let user = principal.userID, let organisation = principal.organisationID else {
            throw ToolFailure("Nobody asks.")
        }
        let tool = try make(kept)
        // A run that is nowhere: where a tool wants a conversation's files, it gets those of the person's trials.
        let run = Run(
            id: .v7(),
            organisationID: organisation,
            userID: user,
            conversationID: user,
            agentID: .v7(),
            userMessageID: .v7(),
            messageID: .v7(),
            state: .running,
            attempt: 1,
            createdAt: Date()
        )
        let context = ToolContext(run: run, parameters: kept.settings.parameters)
        let limit = tool.specification.timeLimit
        let tooLong = ToolFailure("It took longer than \(limit.components.seconds) seconds and was stopped.")
        return try await withTimeLimit(limit, otherwise: tooLong) { try await tool.perform(input, in: context) }
    }
}
