package import Engine

/// The tools that every server has.
package enum BuiltInTools {
    /// `searchService`: where the web is searched unless `searchChoices` knows otherwise; nil for nowhere.
    package static func all(
        search: any ConversationSearch,
        results: any ToolResults,
        variables: any ConversationVariables,
        web: WebAccess,
        reader: DocumentReader,
        secrets: any ToolSecretSource,
        searchService: SearchService?,
        searchChoices: any SearchChoiceSource
    ) -> [any Tool] {
        [
            AskPersonTool(), CalculatorTool(), CurrentTimeTool(), ConversationSearchTool(search: search),
            ReadResultTool(results: results), SetVariableTool(variables: variables),
            GetVariablesTool(variables: variables), WebFetchTool(web: web, reader: reader),
            APIRequestTool(web: web, secrets: secrets),
            WebSearchTool(configured: searchService, choices: searchChoices, web: web.anywhere),
        ]
    }
}
