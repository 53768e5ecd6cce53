import Engine
import Foundation
import Postgres

/// What a question says of its run, as expressions: the values of one, or the columns of all that are asked about at once.
struct RunTerms {
    let id, organisationID, userID, conversationID, agentID, userMessageID, parentRunID: Query

    init(_ run: Run) {
        id = "\(run.id)::uuid"
        organisationID = "\(run.organisationID)::uuid"
        userID = "\(run.userID)::uuid"
        conversationID = "\(run.conversationID)::uuid"
        agentID = "\(run.agentID)::uuid"
        userMessageID = "\(run.userMessageID)::uuid"
        parentRunID = "\(run.parentRunID)::uuid"
    }

    private init() {
        id = "asked.run_id"
        organisationID = "asked.org_id"
        userID = "asked.user_id"
        conversationID = "asked.conversation_id"
        agentID = "asked.agent_id"
        userMessageID = "asked.user_message_id"
        parentRunID = "asked.parent_run_id"
    }

    /// The question for each of the runs; whose answer a row belongs to is in its `asked_run`. A row that looks back at the
    /// run it belongs to can only be found run by run, so those of one run keep the order that the question gives them.
    static func each(of runs: [Run], _ question: (RunTerms) -> Query) -> Query {
        """
        select asked.run_id as asked_run, answer.*
        from unnest(
            \(runs.map(\.id))::uuid[], \(runs.map(\.organisationID))::uuid[], \(runs.map(\.userID))::uuid[],
            \(runs.map(\.conversationID))::uuid[], \(runs.map(\.agentID))::uuid[], \(runs.map(\.userMessageID))::uuid[],
            \(runs.map(\.parentRunID))::uuid[]
        ) asked (run_id, org_id, user_id, conversation_id, agent_id, user_message_id, parent_run_id)
        cross join lateral (\(question(RunTerms()))) answer
        """
    }
}
