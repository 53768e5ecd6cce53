import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Storage

/// What may be spent: the list, and setting, changing and deleting a budget.
struct BudgetPages: Sendable {
    let desk: Desk

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let budgets = try await desk.store.budgets(by: identity.principal)
        let models = try await desk.store.models(llmID: nil, isActive: true, by: identity.principal)
        let agents = try await desk.choices(by: identity.principal)
        let view = BudgetsView(
            page: desk.frame(voice.words["budgets.title"], .usage, request: request, context: context, voice: voice),
            budgets: budgets.map { BudgetRow($0, agents: agents, voice: voice) },
            unpriced: models.filter { ModelPrice(json: $0.pricing) == nil }.map(\.displayName),
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func new(_ request: Request, context: WebContext) async throws -> Response {
        _ = try context.signedIn()
        var draft = BudgetInput.Draft()
        if let conversation = UUID(uuidString: request.query("conversation")) {
            draft.subject = "own/conversation:\(conversation.text)"
        }
        if let agent = UUID(uuidString: request.query("agent")) { draft.subject = "own/agent:\(agent.text)" }
        return try await newPage(request, context: context, input: BudgetInput(draft))
    }

    func create(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        var input = BudgetInput(try await request.decodeForm(), voice: voice)
        guard let subject = input.subject, let period = input.period, let terms = input.terms, input.errors.isEmpty
        else {
            return try await newPage(request, context: context, input: input)
        }
        do {
            _ = try await desk.services.createBudget(
                on: subject,
                period: period,
                name: input.draft.name,
                terms: terms,
                isPersonal: input.isPersonal,
                by: identity.principal,
                address: context.remoteAddress
            )
            return .redirect(to: "/budgets", done: .saved)
        } catch let error as StorageError where error.code == .conflict("budget") {
            input.errors.add("subject", voice.words["budgets.exists"])
        } catch let error as StorageError {
            try input.errors.add(error, voice: voice, words: BudgetInput.words)
        }
        return try await newPage(request, context: context, input: input)
    }

    func edit(_ request: Request, context: WebContext) async throws -> Response {
        let budget = try await own(context)
        return try await editPage(request, context: context, budget: budget, input: BudgetInput(.init(budget)))
    }

    func save(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let budget = try await own(context)
        var input = BudgetInput(try await request.decodeForm(), of: budget, voice: voice)
        if let terms = input.terms, input.errors.isEmpty {
            do {
                let name = input.draft.name
                let saved = try await desk.store.updateBudget(
                    budget.id,
                    name: name,
                    terms: terms,
                    by: identity.principal,
                    address: context.remoteAddress
                )
                guard saved != nil else { throw WebError.notFound }
                return .redirect(to: "/budgets", done: .saved)
            } catch let error as StorageError {
                try input.errors.add(error, voice: voice, words: BudgetInput.words)
            }
        }
        return try await editPage(request, context: context, budget: budget, input: input)
    }

    func askToDelete(_ request: Request, context: WebContext) async throws -> Response {
        let budget = try await own(context)
        let voice = try desk.voice(context)
        let question = voice.words["budgets.deleteQuestion"]
        return try desk.askToDelete(
            question,
            text: voice.words["budgets.deleteText"],
            .usage,
            action: "/budgets/\(budget.id.text)/deletion",
            back: "/budgets/\(budget.id.text)",
            request: request,
            context: context
        )
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let budget = try await own(context)
        let isDeleted = try await desk.store.deleteBudget(
            budget.id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return .redirect(to: "/budgets", done: .deleted)
    }

    /// One that the person may change; another's is not there.
    private func own(_ context: WebContext) async throws -> BudgetRecord {
        let identity = try context.signedIn()
        let found = try await desk.store.budget(context.identifier("id"), by: identity.principal)
        guard let found, found.isOwn else { throw WebError.notFound }
        return found
    }

    private func newPage(_ request: Request, context: WebContext, input: BudgetInput) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let manages = try await desk.store.leads(identity.principal)
        let choices = try await desk.choices(by: identity.principal)
        let people = try await manages ? desk.store.members(by: identity.principal) : []
        let view = BudgetView(
            page: desk.frame(voice.words["budgets.new"], .usage, request: request, context: context, voice: voice),
            input: input,
            subjects: BudgetSubjects(
                person: identity.user.id,
                manages: manages,
                agents: choices.agents.map { (id: $0.id, name: $0.title(voice: voice)) },
                people: people.filter { $0.id != identity.user.id },
                chosen: input.draft.subject
            ).options(voice),
            voice: voice
        )
        return try desk.page(view, context: context, status: input.errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func editPage(
        _ request: Request,
        context: WebContext,
        budget: BudgetRecord,
        input: BudgetInput
    ) async throws -> Response {
        let identity = try context.signedIn()
        let voice = try desk.voice(context)
        let row = BudgetRow(budget, agents: try await desk.choices(by: identity.principal), voice: voice)
        let view = BudgetView(
            page: desk.frame(row.title, .usage, request: request, context: context, voice: voice),
            budget: (id: budget.id, title: row.title, subject: row.subject),
            input: input,
            voice: voice
        )
        return try desk.page(view, context: context, status: input.errors.isEmpty ? .ok : .unprocessableContent)
    }
}

extension BudgetRow {
    init(_ budget: BudgetRecord, agents: Choices, voice: Voice) {
        // The system's agents have a name in the reader's language.
        let agent = budget.subject.scope == .agent ? agents.name(of: budget.subject.id, voice: voice) : nil
        self.init(budget, subjectName: agent ?? budget.subjectName, voice: voice)
    }
}
