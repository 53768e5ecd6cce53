import Engine
import Postgres

/// Which conversations are listed, in the words that the indexes know.
struct ConversationFilter: Sendable {
    /// Lists are counted no further than this when there is a filter that only counting can tell.
    private static let countLimit = 10_000

    var pattern: String?
    var isArchived: Bool?
    /// Those in which agents are tried out, or all others.
    var isTest: Bool
    var principal: Principal

    init(search: String?, isArchived: Bool?, isTest: Bool = false, principal: Principal) {
        pattern = SearchPattern.containing(search)
        self.isArchived = isArchived
        self.isTest = isTest
        self.principal = principal
    }

    /// For a `c` of conversations. Whether archived ones are wanted stands in the text, as partial indexes need it.
    var condition: Query {
        var condition: Query = "c.user_id = \(principal.userID) and c.org_id = \(principal.organisationID)"
        if let isArchived { condition.append(isArchived ? " and c.is_archived" : " and not c.is_archived") }
        condition.append(isTest ? " and c.test_agent_id is not null" : " and c.test_agent_id is null")
        if let pattern {
            condition.append(
                """
                 and (
                    c.title ilike \(pattern) or c.summary ilike \(pattern)
                    or exists (select from jsonb_array_elements_text(c.tags) t (tag) where t.tag ilike \(pattern))
                )
                """
            )
        }
        return condition
    }

    static let order: Query = "c.is_pinned desc, c.last_activity_at desc, c.conversation_id desc"

    /// An expression for how many there are.
    var total: Query {
        if pattern != nil || isTest {
            return
                "(select count(*) from (select from conversations c where \(condition) limit \(Self.countLimit)) found)"
        }
        let number: Query =
            switch isArchived {
            case nil: "total_conversations"
            case true?: "archived_conversations"
            case false?: "total_conversations - archived_conversations"
            }
        return """
            coalesce((
                select \(number) from user_statistics
                where org_id = \(principal.organisationID) and user_id = \(principal.userID)
            ), 0)
            """
    }
}
