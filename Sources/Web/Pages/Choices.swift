import Engine
import Foundation
import Storage

/// The agents and models that a composer offers.
struct Choices: Sendable {
    let agents: [AgentChoice]
    let models: [ModelRecord]
    /// Whether there are more agents than are offered.
    var isCut = false

    var needsModel: Bool { models.isEmpty }

    func name(of agent: UUID?, voice: Voice) -> String? { agents.first { $0.id == agent }?.title(voice: voice) }

    /// What another answer may be asked from; the first of each is whoever answered before.
    func again(agent: String = "", model: String = "", voice: Voice) -> AgainChoices {
        AgainChoices(
            agents: agents.filter { $0.status == "active" }.map { (id: $0.id.text, name: $0.title(voice: voice)) },
            models: models.map { (id: $0.id.text, name: $0.displayName) },
            agent: agent,
            model: model,
            voice: voice
        )
    }

    func composer(
        conversation: UUID?,
        run: Run? = nil,
        isAsked: Bool = false,
        isStill: Bool = false,
        draft: ComposerView.Draft = .init(),
        voice: Voice
    ) -> ComposerView {
        ComposerView(
            conversation: conversation,
            run: run,
            isAsked: isAsked,
            isStill: isStill,
            draft: draft,
            agents: agents.filter { $0.status == "active" }.map { (id: $0.id.text, name: $0.title(voice: voice)) },
            models: models.map { (id: $0.id.text, name: $0.displayName) },
            isCut: isCut,
            voice: voice
        )
    }
}

extension Desk {
    func choices(by principal: Principal) async throws -> Choices {
        async let agents = store.agentsToChoose(by: principal)
        async let models = store.models(llmID: nil, isActive: true, by: principal)
        let offered = try await agents
        return Choices(
            agents: offered.items,
            models: try await models.filter(\.isForConversations),
            isCut: offered.isCut
        )
    }

    /// The newest conversations, for the home page and the rail.
    func recentRows(current: UUID? = nil, voice: Voice, by principal: Principal) async throws -> [ConversationRow] {
        let page = Page(number: 1, size: 30)
        let found = try await store.conversations(search: nil, isArchived: false, page: page, by: principal)
        return found.items.map { ConversationRow($0, current: current, voice: voice) }
    }
}

extension ConversationRow {
    init(_ conversation: Conversation, current: UUID? = nil, voice: Voice) {
        self.init(
            id: conversation.id,
            title: conversation.ownTitle,
            lastMessageAt: conversation.lastMessageAt ?? conversation.createdAt,
            messageCount: conversation.messageCount,
            isPinned: conversation.isPinned,
            isCurrent: conversation.id == current,
            state: conversation.activeRunState,
            voice: voice
        )
    }
}

extension Conversation {
    /// Empty while nobody has named it and nothing was said.
    var ownTitle: String { title == Conversation.untitled ? "" : title }
}
