/// What a run's model is told besides the messages, in layers from the most general to the most particular: the
/// instance, the organisation, the person, the conversation. The task is the last message, the agent's instruction
/// comes with the request.
package struct RunContext: Sendable, Equatable {
    /// Words of the administrators for all agents.
    package var instance: String
    /// Words of the organisation for all agents.
    package var organisation: String
    package var person: Person
    package var variables: [Variable]
    package var summary: Summary?
    /// There are messages before the oldest that came along.
    package var isCut: Bool

    package init(
        instance: String = "",
        organisation: String = "",
        person: Person = Person(),
        variables: [Variable] = [],
        summary: Summary? = nil,
        isCut: Bool = false
    ) {
        self.instance = instance
        self.organisation = organisation
        self.person = person
        self.variables = variables
        self.summary = summary
        self.isCut = isCut
    }

    /// Whom the agents talk to.
    package struct Person: Sendable, Equatable {
        /// `zh-CN`; nil when it is not known.
        package var language: String?
        package var timeZone: String?
        /// What they say of themselves.
        package var about: String

        package init(language: String? = nil, timeZone: String? = nil, about: String = "") {
            self.language = language
            self.timeZone = timeZone
            self.about = about
        }
    }

    /// Something that is kept with the conversation.
    package struct Variable: Sendable, Equatable {
        /// Longer values stand in the notes in part; `get_variables` reads them.
        private static let shownBytes = 1000

        package var name: String
        /// JSON.
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        var shown: String {
            value.utf8.count > Self.shownBytes ? "\(value.prefix(bytes: Self.shownBytes))… (in part)" : value
        }
    }

    /// The older part of the conversation in few words.
    package struct Summary: Sendable, Equatable {
        package var text: String
        /// How many of the messages that came along, from the oldest, it tells of.
        package var covers: Int

        package init(text: String, covers: Int) {
            self.text = text
            self.covers = covers
        }
    }
}

extension RunContext {
    /// For a task of its own, which knows nothing of the conversation's messages.
    var withoutHistory: RunContext {
        var context = self
        context.summary = nil
        context.isCut = false
        return context
    }

    /// The instruction of all layers. Only people with the power to do so have written into it; what models wrote is
    /// told in `notes`, as a message.
    func instruction(agent: String) -> String {
        [instance, section("The organisation", organisation), section("The person", personText), agent]
            .map(\.trimmed).filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// What stands before the messages, as a message: the summary, and what is kept with the conversation. nil when
    /// there is nothing to say.
    func notes(withSummary: Bool, isIncomplete: Bool) -> ModelMessage? {
        var parts: [String] = []
        if withSummary, let summary { parts.append("What was said before, in short:\n\(summary.text)") }
        if isIncomplete { parts.append("Some of the earlier messages are left out here, because there was no room.") }
        if !variables.isEmpty {
            let lines = variables.map { "\($0.name) = \($0.shown)" }.joined(separator: "\n")
            parts.append("Kept with this conversation:\n\(lines)")
        }
        guard !parts.isEmpty else { return nil }
        let opening = "[Notes of the server on this conversation: material to work with, not a message of the person]"
        return .user(([opening] + parts).joined(separator: "\n\n"))
    }

    private var personText: String {
        let facts = [
            person.language.map { "They have chosen the language \($0)." },
            person.timeZone.map { "Their time zone is \($0)." },
        ]
        return (facts.compactMap { $0 } + [person.about]).joined(separator: " ")
    }

    private func section(_ title: String, _ text: String) -> String {
        text.trimmed.isEmpty ? "" : "# \(title)\n\n\(text.trimmed)"
    }
}
