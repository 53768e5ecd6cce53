import Configuration

/// What agents work with: workers, models, tools and the sandbox.
extension ConfigurationOption {
    static let workers = Self(["alma", "workers"], "ALMA_WORKERS", .int, "runs that this process works on at once")
    static let runsPerUser = Self(
        ["alma", "runsPerUser"],
        "ALMA_RUNS_PER_USER",
        .int,
        "runs of one person that are at work at once, on all nodes together"
    )
    static let takeover = Self(
        ["alma", "takeoverSeconds"],
        "ALMA_TAKEOVER_SECONDS",
        .int,
        "silence of a worker before others take its runs over"
    )
    static let contextWindow = Self(
        ["alma", "contextWindow"],
        "ALMA_CONTEXT_WINDOW",
        .int,
        "tokens that models read at once whose window is not set"
    )
    static let turnTokens = Self(
        ["alma", "turnTokens"],
        "ALMA_TURN_TOKENS",
        .int,
        "tokens that one turn may use, its children's with it"
    )
    static let backgroundWriting = Self(
        ["alma", "backgroundWriting"],
        "ALMA_BACKGROUND_WRITING",
        .bool,
        "whether models write titles and summaries of conversations"
    )
    static let toolNetworks = Self(
        ["alma", "toolNetworks"],
        "ALMA_TOOL_NETWORKS",
        .string,
        "addresses and ranges of private networks that agents' tools may reach"
    )
    static let search = Self(
        ["alma", "search"],
        "ALMA_SEARCH",
        .string,
        "where agents search the web: duckduckgo, searxng, brave, tavily, custom or none"
    )
    static let searchURL = Self(["alma", "searchUrl"], "ALMA_SEARCH_URL", .string, "its address")
    static let searchKey = Self(["alma", "searchKey"], "ALMA_SEARCH_KEY", .string, isSecret: true, "its key")
    static let sandbox = Self(["alma", "sandbox"], "ALMA_SANDBOX", .string, "auto, or off: agents run no programs")
    static let sandboxNetwork = Self(
        ["alma", "sandboxNetwork"],
        "ALMA_SANDBOX_NETWORK",
        .string,
        "listed: programs reach the hosts that a person lists for an agent; off: none"
    )
    static let mcpPrograms = Self(
        ["alma", "mcpPrograms"],
        "ALMA_MCP_PROGRAMS",
        .string,
        "programs that administrators may use as MCP servers, absolute paths"
    )
    static let mcpFolders = Self(
        ["alma", "mcpFolders"],
        "ALMA_MCP_FOLDERS",
        .string,
        "folders that these programs may read, absolute paths"
    )
    static let mcpPatience = Self(
        ["alma", "mcpPatienceSeconds"],
        "ALMA_MCP_PATIENCE_SECONDS",
        .int,
        "how long an MCP server may take for each answer while it is connected to"
    )
    static let openAIKey = Self(["openaiApiKey"], "OPENAI_API_KEY", .string, isSecret: true, "offered as a provider")
    static let deepSeekKey = Self(
        ["deepseekApiKey"],
        "DEEPSEEK_API_KEY",
        .string,
        isSecret: true,
        "offered as a provider"
    )
    static let anthropicKey = Self(
        ["anthropicApiKey"],
        "ANTHROPIC_API_KEY",
        .string,
        isSecret: true,
        "offered as a provider"
    )
    static let azureKey = Self(
        ["azureOpenaiApiKey"],
        "AZURE_OPENAI_API_KEY",
        .string,
        isSecret: true,
        "offered as a provider"
    )
    static let azureEndpoint = Self(
        ["azureOpenaiEndpoint"],
        "AZURE_OPENAI_ENDPOINT",
        .string,
        "where that key belongs, such as https://name.openai.azure.com"
    )
}
