package import Engine

/// The tools that every server has.
package enum BuiltInTools {
    /// `searchService`: nil where nobody is to search the web.
    package static func all(
        search: any ConversationSearch,
        results: any ToolResults,
        variables: any ConversationVariables,
        web: WebAccess,
        secrets: any ToolSecretSource,
        searchService: SearchService?
    ) -> [any Tool] {
        let tools: [any Tool] = [
            AskPersonTool(), CalculatorTool(), CurrentTimeTool(), ConversationSearchTool(search: search),
            ReadResultTool(results: results), SetVariableTool(variables: variables),
            GetVariablesTool(variables: variables), WebFetchTool(web: web), APIRequestTool(web: web, secrets: secrets),
        ]
        return tools + (searchService.map { [WebSearchTool(service: $0, web: web.anywhere)] } ?? [])
    }
}
