import Engine
import Foundation
import Postgres

// What a run is told besides its messages.
extension Store {
    /// The words of the administrators for all agents, in `settings`.
    static let instruction = "instruction"

    static func context(of run: RunTerms) -> Query {
        """
        select (select value from settings where name = \(instruction)) as instance, o.instruction as organisation,
            u.language, u.timezone, u.preferences ->> 'about' as about, coalesce((
                select json_agg(json_build_object('name', v.name, 'value', v.value) order by v.name)
                from conversation_variables v where v.conversation_id = \(run.conversationID)
            ), '[]') as variables, exists (
                select from conversations c where c.conversation_id = \(run.conversationID) and not c.is_titled
            ) as needs_title
        from organisations o left join users u on u.user_id = \(run.userID)
        where o.org_id = \(run.organisationID)
        """
    }

    static func summaries(of run: RunTerms) -> Query {
        """
        select up_to_message_id, content from conversation_summaries
        where conversation_id = \(run.conversationID) order by up_to_message_id desc limit 20
        """
    }

    static func context(_ rows: [Row], summaries: [Row], path: History.Path) throws -> RunContext {
        var context = RunContext(summary: try summary(summaries, path: path), isCut: path.isCut)
        guard let row = rows.first else { return context }
        context.instance = try row.get("instance") ?? ""
        context.organisation = try row.get("organisation")
        context.person = RunContext.Person(
            language: try row.get("language"),
            timeZone: try row.get("timezone"),
            about: try row.get("about") ?? ""
        )
        context.variables =
            try JSONValue(parsing: try row.get("variables")).array.map { items in
                items.compactMap { item in
                    item["name"]?.string.map { RunContext.Variable(name: $0, value: (item["value"] ?? .null).text) }
                }
            } ?? []
        return context
    }

    /// The newest that lies on the way: one of another branch tells of what was not said on this one.
    static func summary(_ rows: some Sequence<Row>, path: History.Path) throws -> RunContext.Summary? {
        for row in rows {
            guard let place = path.ids.firstIndex(of: try row.get("up_to_message_id")) else { continue }
            return RunContext.Summary(text: try row.get("content"), covers: place + 1)
        }
        return nil
    }
}
