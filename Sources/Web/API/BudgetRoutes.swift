import Engine
import Foundation
import Hummingbird
import Storage

/// `/v1/budgets`: what may be spent, on what, and what happens on the way there.
struct BudgetRoutes: Sendable {
    let services: WebServices

    private static let amount = SchemaRecorder.Hint.schema(.number(0.000_001...999_999_999_999))

    @EndpointBuilder var endpoints: [Endpoint] {
        Endpoint(
            .get,
            "/v1/budgets",
            .usage,
            "Lists the budgets that hold for one",
            replies: [.list(.budget)],
            use: list
        )
        Endpoint(
            .post,
            "/v1/budgets",
            .usage,
            "Sets a budget",
            about: "Personal where nothing else is said, except on the organisation and on other people.",
            body: .json(
                NewBudget.self,
                [
                    "scope": .schema(.choice(BudgetScope.self)), "period": .schema(.choice(BudgetPeriod.self)),
                    "name": .length(0...100), "amount": Self.amount, "warn_at": .range(1...1000, "Percent."),
                    "ask_at": .range(1...1000, "Percent."),
                    "stop_at": .range(1...1000, "Percent; 100 when left out, null for never."),
                ]
            ),
            replies: [.object(.budget, .created)],
            errors: [.forbidden, .conflict],
            use: create
        )
        Endpoint(.get, "/v1/budgets/{id}", .usage, "Shows a budget", replies: [.object(.budget)], use: show)
        Endpoint(
            .patch,
            "/v1/budgets/{id}",
            .usage,
            "Changes a budget",
            about: "What is left out stays; a threshold that is null is never reached.",
            body: .json(
                BudgetChange.self,
                [
                    "name": .length(0...100), "amount": Self.amount, "warn_at": .range(1...1000, "Percent."),
                    "ask_at": .range(1...1000, "Percent."),
                    "stop_at": .range(1...1000, "Percent; 100 when left out, null for never."),
                ]
            ),
            replies: [.object(.budget)],
            errors: [.forbidden],
            use: update
        )
        Endpoint(.delete, "/v1/budgets/{id}", .usage, "Takes a budget away", errors: [.forbidden], use: delete)
    }

    func list(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let budgets = try await services.store.budgets(by: identity.principal)
        return Envelope.list(budgets.map(\.representation), context: context)
    }

    struct NewBudget: Decodable, Sendable {
        var scope: String
        var userId: UUID?
        var agentId: UUID?
        var conversationId: UUID?
        var period: String
        var name: String?
        var amount: Decimal
        var currency: String?
        var warnAt: Int?
        var askAt: Int?
        @Change var stopAt: Int??
        var isPersonal: Bool?
    }

    /// `is_personal` is true where nothing else is said, except on the organisation and on other people.
    func create(_ input: NewBudget, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let ids = [
            BudgetScope.user: input.userId ?? identity.user.id, .agent: input.agentId,
            .conversation: input.conversationId,
        ]
        guard let scope = BudgetScope(rawValue: input.scope) else {
            throw WebError.invalid("scope", "Use organization, user, agent or conversation.")
        }
        guard let subject = BudgetSubject(scope, id: ids[scope] ?? nil) else {
            throw WebError.invalid("\(scope.rawValue)_id", "This field is needed.")
        }
        guard let period = BudgetPeriod(rawValue: input.period) else {
            throw WebError.invalid("period", "Use run, day, month or total.")
        }
        let terms = BudgetTerms(
            amount: input.amount,
            currency: input.currency ?? "USD",
            warnAt: input.warnAt,
            askAt: input.askAt,
            stopAt: input.stopAt ?? 100
        )
        let isOthers = subject == .organization || (scope == .user && subject.id != identity.user.id)
        let budget = try await services.createBudget(
            on: subject,
            period: period,
            name: input.name,
            terms: terms,
            isPersonal: input.isPersonal ?? !isOthers,
            by: identity.principal,
            address: context.remoteAddress
        )
        return Envelope.success(budget.representation, status: .created, context: context)
    }

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        guard let budget = try await services.store.budget(context.identifier("id"), by: identity.principal) else {
            throw WebError.notFound
        }
        return Envelope.success(budget.representation, counting: budget.bare, context: context)
    }

    struct BudgetChange: Decodable, Sendable {
        @Change var name: String??
        var amount: Decimal?
        @Change var warnAt: Int??
        @Change var askAt: Int??
        @Change var stopAt: Int??
    }

    /// What is left out stays; a threshold that is null is never reached.
    func update(_ input: BudgetChange, _ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let found = try await services.store.budget(context.identifier("id"), by: identity.principal)
        guard let found else { throw WebError.notFound }
        guard found.isOwn else { throw WebError(.forbidden, "Only the organisation's administrators may change this.") }
        let terms = BudgetTerms(
            amount: input.amount ?? found.terms.amount,
            currency: found.terms.currency,
            warnAt: input.warnAt ?? found.terms.warnAt,
            askAt: input.askAt ?? found.terms.askAt,
            stopAt: input.stopAt ?? found.terms.stopAt
        )
        let name: String? = input.name ?? found.name
        guard
            let budget = try await services.store.updateBudget(
                found.id,
                name: name,
                terms: terms,
                by: identity.principal,
                address: context.remoteAddress
            )
        else { throw WebError.notFound }
        return Envelope.success(budget.representation, context: context)
    }

    func delete(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try context.signedIn()
        let id = try context.identifier("id")
        guard let found = try await services.store.budget(id, by: identity.principal) else { throw WebError.notFound }
        guard found.isOwn else { throw WebError(.forbidden, "Only the organisation's administrators may delete this.") }
        let isDeleted = try await services.store.deleteBudget(
            id,
            by: identity.principal,
            address: context.remoteAddress
        )
        guard isDeleted else { throw WebError.notFound }
        return Envelope.noContent(context: context)
    }
}

extension WebServices {
    /// Throws `forbidden` where only the organisation's administrators decide, `invalid` for the field that names nothing.
    func createBudget(
        on subject: BudgetSubject,
        period: BudgetPeriod,
        name: String?,
        terms: BudgetTerms,
        isPersonal: Bool,
        by principal: Principal,
        address: String?
    ) async throws -> BudgetRecord {
        let isForManagers = !isPersonal || subject == .organization
        if isForManagers, try await !store.leads(principal) {
            throw WebError(.forbidden, "Only the organisation's administrators may set this.")
        }
        let budget = try await store.createBudget(
            on: subject,
            period: period,
            name: name,
            terms: terms,
            isPersonal: isPersonal,
            by: principal,
            address: address
        )
        guard let budget else { throw WebError.invalid("\(subject.scope.rawValue)_id", "There is nothing such here.") }
        return budget
    }
}

extension BudgetRecord {
    /// The gravest threshold that is passed by what is spent and set aside.
    var state: BudgetThreshold? { terms.reached(by: spent + reserved) }

    var representation: JSONObject { represented(withUse: true) }

    /// Without what is spent of it, and without the title of what it is on, which that has of itself.
    var bare: JSONObject { represented(withUse: false) }

    private func represented(withUse: Bool) -> JSONObject {
        JSONObject {
            $0.set("budget_id", id)
            $0.set("name", name)
            $0.set("scope", subject.scope.rawValue)
            $0.set("user_id", subject.scope == .user ? subject.id : nil)
            $0.set("agent_id", subject.scope == .agent ? subject.id : nil)
            $0.set("conversation_id", subject.scope == .conversation ? subject.id : nil)
            if withUse { $0.set("subject_name", subjectName) }
            $0.set("period", period.rawValue)
            $0.set("is_personal", ownerID != nil)
            $0.raw("amount", "\(terms.amount)")
            $0.set("currency", terms.currency)
            $0.set("warn_at", terms.warnAt)
            $0.set("ask_at", terms.askAt)
            $0.set("stop_at", terms.stopAt)
            if withUse {
                $0.raw("spent", "\(spent)")
                $0.raw("reserved", "\(reserved)")
                $0.set("reached", state?.rawValue)
            }
            $0.set("may_change", isOwn)
            $0.set("created_at", createdAt)
        }
    }
}

extension Schema {
    fileprivate static let budget = object(
        "Budget",
        [
            .uuid("budget_id"), .text("name").orNull, .field("scope", .choice(BudgetScope.self)),
            .uuid("user_id").orNull, .uuid("agent_id").orNull, .uuid("conversation_id").orNull,
            .text("subject_name").orNull, .field("period", .choice(BudgetPeriod.self)), .flag("is_personal"),
            .number("amount"), .text("currency"), .integer("warn_at", "Percent.").orNull,
            .integer("ask_at", "Percent.").orNull, .integer("stop_at", "Percent.").orNull, .number("spent"),
            .number("reserved"), .field("reached", .choice(BudgetThreshold.self).orNull), .flag("may_change"),
            .date("created_at"),
        ]
    )
}
