import Engine
import Sandbox
import Storage
import Tools

/// What the program's tools ask and keep: the store's, or nobody's where they are only described.
typealias ToolStores = ConversationFiles & ConversationSearch & ConversationVariables & SearchChoiceSource & SkillSource
    & ToolResults
    & ToolSecretSource

extension Parts {
    /// The program's own tools, but for those that need the sandbox.
    static func tools(
        store: any ToolStores,
        web: WebAccess,
        searchService: SearchService?,
        workspaces: Workspaces,
        reader: DocumentReader,
        scribe: RecordingScribe? = nil
    ) -> [any Tool] {
        let builtIn = BuiltInTools.all(
            search: store,
            results: store,
            variables: store,
            web: web,
            reader: reader,
            secrets: store,
            searchService: searchService,
            searchChoices: store
        )
        let door = WorkspaceDoor(workspaces: workspaces, files: store)
        return builtIn + FileTools.all(door, reader: reader, scribe: scribe) + [
            OpenSkillTool(skills: store, door: door)
        ]
    }
}
