package import Engine

/// The tools that every server has.
package enum BuiltInTools {
    package static func all(search: any ConversationSearch, web: WebAccess) -> [any Tool] {
        [
            AskPersonTool(), CalculatorTool(), CurrentTimeTool(), ConversationSearchTool(search: search),
            WebFetchTool(web: web),
        ]
    }
}
