package import Engine

/// The tools that every server has.
package enum BuiltInTools {
    package static func all(
        search: any ConversationSearch,
        results: any ToolResults,
        variables: any ConversationVariables,
        web: WebAccess,
        secrets: any ToolSecretSource
    ) -> [any Tool] {
        [
            AskPersonTool(), CalculatorTool(), CurrentTimeTool(), ConversationSearchTool(search: search),
            ReadResultTool(results: results), SetVariableTool(variables: variables),
            GetVariablesTool(variables: variables), WebFetchTool(web: web), APIRequestTool(web: web, secrets: secrets),
        ]
    }
}
