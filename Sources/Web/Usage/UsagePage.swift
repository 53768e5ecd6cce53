import Engine
import Foundation
import Hummingbird
import Storage

/// What model calls have cost, as pictures and tables: one's own, or for administrators everybody's.
struct UsagePage: Sendable {
    let desk: Desk
    /// Of all organisations, for administrators.
    var isWhole = false

    func show(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try reader(context)
        let voice = try desk.voice(context)
        let choice = UsageChoice(QueryReader(request), isWhole: isWhole)
        let data = try await UsageData(choice, leads: leads(identity), store: desk.store, by: identity.principal)
        let view = UsageView(
            page: desk.frame(
                voice.words["usage.title"],
                isWhole ? .admin : .usage,
                request: request,
                context: context,
                voice: voice
            ),
            choice: choice,
            data: data,
            voice: voice
        )
        return try desk.page(view, context: context)
    }

    func download(_ request: Request, context: WebContext) async throws -> Response {
        let identity = try reader(context)
        let query = QueryReader(request)
        let choice = UsageChoice(query, isWhole: isWhole)
        if query.text("series") != nil {
            let points = try await desk.store.usage(choice.question, over: choice.series, by: identity.principal)
            return .csv(points.csv(choice.series), name: choice.question.fileName)
        }
        let sums = try await desk.store.usage(choice.question, by: identity.principal)
        return .csv(sums.csv(choice.question.grouping), name: choice.question.fileName)
    }

    private func reader(_ context: WebContext) throws(WebError) -> Identity {
        try isWhole ? context.permitted(.usageRead) : context.signedIn()
    }

    private func leads(_ identity: Identity) async throws -> Bool {
        if isWhole { return true }
        return try await desk.store.leads(identity.principal)
    }
}

/// What somebody wants to see of the usage, read from the address: what makes no sense is left out.
struct UsageChoice: Sendable {
    var question: UsageQuestion
    /// What the bars are stacked by.
    var series: UsageGrouping
    var measure: UsageMeasure

    init(_ query: QueryReader, isWhole: Bool, now: Date = Date()) {
        if let question = try? UsageQuestion(query, isWhole: isWhole, now: now) {
            self.question = question
        } else {
            question = UsageQuestion(
                grouping: .day,
                from: now.addingTimeInterval(-29 * 86_400).utcDay,
                to: now.utcDay,
                scope: isWhole ? .everyone : .organization
            )
        }
        let series = query.text("series").flatMap(UsageGrouping.init) ?? .model
        self.series = series == .day ? .model : series
        measure = query.text("measure").flatMap(UsageMeasure.init) ?? .cost
    }

    var isWhole: Bool { question.scope == .everyone }

    /// The page with this choice.
    var address: String { path + "?" + fields.map { "\($0)=\($1.addressEncoded)" }.joined(separator: "&") }

    func download(_ grouping: UsageGrouping?) -> String {
        var fields = fields.filter { !["series", "measure"].contains($0.0) }
        fields.append(grouping.map { ("group_by", $0.rawValue) } ?? ("series", series.rawValue))
        return path + "/export?" + fields.map { "\($0)=\($1.addressEncoded)" }.joined(separator: "&")
    }

    /// The same choice, changed.
    func with(_ change: (inout UsageChoice) -> Void) -> UsageChoice {
        var other = self
        change(&other)
        return other
    }

    var path: String { isWhole ? "/admin/usage" : "/usage" }

    /// What is chosen besides the days.
    var others: [(String, String)] { fields.filter { !["from", "to"].contains($0.0) } }

    private var fields: [(String, String)] {
        let all: [(String, String?)] = [
            ("from", question.from), ("to", question.to), ("series", series.rawValue), ("measure", measure.rawValue),
            ("scope", question.scope == .own ? "own" : nil), ("model", question.model),
            ("agent_id", question.agent?.text), ("user_id", question.user?.text),
            ("key_id", question.key?.text),
            ("organization_id", question.organisation?.text),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}

extension String {
    /// As a value in the query of an address.
    var addressEncoded: String {
        addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.intersection(.asciiOnly).union(.init(charactersIn: "-._~"))
        ) ?? ""
    }
}

extension CharacterSet {
    fileprivate static let asciiOnly = CharacterSet(charactersIn: "\0"..."\u{7F}")
}

/// What the page about usage shows.
struct UsageData: Sendable {
    var points: [UsagePoint]
    /// By grouping, in the order of the page.
    var tables: [(grouping: UsageGrouping, sums: [UsageSum])]
    var total: UsageTotal
    /// For which the calls were made, each counted once.
    var runs: Int
    var before: UsageTotal
    /// Whether there are others than the reader's own calls to see.
    var leads: Bool

    init(
        points: [UsagePoint],
        tables: [(grouping: UsageGrouping, sums: [UsageSum])],
        runs: Int,
        before: UsageTotal,
        leads: Bool
    ) {
        self.points = points
        self.tables = tables
        self.runs = runs
        self.before = before
        self.leads = leads
        total = UsageTotal(tables.first?.sums ?? [])
    }

    init(_ choice: UsageChoice, leads: Bool, store: Store, by principal: Principal) async throws {
        var question = choice.question
        var tables: [(grouping: UsageGrouping, sums: [UsageSum])] = []
        for grouping in UsageGrouping.shown(leads: leads, isWhole: choice.isWhole) {
            question.grouping = grouping
            let sums = try await store.usage(question, by: principal)
            // Where no program has called with a key there is nothing to tell apart.
            if grouping == .key, sums.allSatisfy({ $0.key == UsageSum.noKey }) { continue }
            tables.append((grouping, sums))
        }
        question.grouping = .model
        if let before = UsagePeriod(question)?.before { (question.from, question.to) = before }
        self.init(
            points: try await store.usage(choice.question, over: choice.series, by: principal),
            tables: tables,
            runs: try await store.runsPaid(choice.question, by: principal),
            before: UsageTotal(try await store.usage(question, by: principal)),
            leads: leads
        )
    }
}

extension UsageGrouping {
    /// The tables of the page, the one by model first; who sees only their own calls needs none by person.
    static func shown(leads: Bool, isWhole: Bool) -> [UsageGrouping] {
        [.model, .agent] + (leads ? [.user] : []) + [.key] + (isWhole ? [.organization] : []) + [.day]
    }
}
