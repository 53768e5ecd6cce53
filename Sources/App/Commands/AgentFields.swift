import ArgumentParser
import Engine

/// What can be said of an agent.
struct AgentFields: ParsableArguments {
    @Option(help: "How it is called on pages.")
    var displayName: String?

    @Option(help: "What it is for, in a sentence.")
    var description: String?

    @Option(help: "What it is told to do.")
    var instruction: String?

    @Option(help: "A file with what it is told to do; - is standard input.", completion: .file())
    var instructionFile: String?

    @Option(help: "The model that it uses.")
    var model: String?

    @Option(
        help: ArgumentHelp(
            "What its model is asked with, as a JSON object.",
            discussion: #"Such as {"temperature": 0.2}: those, and no others."#
        )
    )
    var parameters: ObjectArgument?

    @Option(help: "What it is good at, in a few words parted by commas.")
    var capabilities: NameList?

    @Option(help: "The names of agents that it leads, parted by commas.")
    var team: NameList?

    @Option(help: "The names of tools that it has, parted by commas.")
    var tools: NameList?

    @Option(
        help: ArgumentHelp(
            "How it uses one of its tools; once for each.",
            discussion: #"Such as web_fetch={"timeout": 20}, or max_retries, custom_params; null takes one away."#,
            valueName: "tool=json"
        )
    )
    var toolSettings: [ToolSettings] = []

    @Option(help: "The names of skills that it has, parted by commas.")
    var skills: NameList?

    @Option(help: "Whether others of the organisation see it: true or false.", completion: .list(["true", "false"]))
    var shared: Bool?

    @Option(help: "active or disabled.", completion: .list(["active", "disabled"]))
    var status: String?

    func validate() throws {
        if instruction != nil, instructionFile != nil {
            throw ValidationError("Use --instruction or --instruction-file, not both.")
        }
    }

    /// As the API takes them; what is not named is left out.
    func body(_ client: ServerClient) async throws -> [String: JSONValue] {
        var body: [String: JSONValue] = [:]
        body["display_name"] = displayName.map { .string($0) }
        body["description"] = description.map { .string($0) }
        body["instruction"] = try (instruction ?? instructionFile.map { try InputFile($0).text() }).map { .string($0) }
        body["parameters"] = parameters?.value
        body["capabilities"] = capabilities?.json
        body["team"] = team?.json
        body["tools"] = tools?.json
        body["is_shared"] = shared.map { .bool($0) }
        body["status"] = status.map { .string($0) }
        if let model { body["model_id"] = try await Finder(client: client).model(model)["model_id"] }
        return body
    }

    /// Whether there is something that the API takes by itself, once the agent is there.
    var equips: Bool { skills != nil || !toolSettings.isEmpty }

    /// Gives it its skills, and its tools their settings. `state`: what is done already when this fails.
    func equip(_ agent: JSONValue, _ state: String, _ client: ServerClient) async throws(CommandFailure) -> JSONValue {
        guard equips else { return agent }
        let path = "/v1/agents/\(agent["agent_id"]?.string ?? "")"
        do throws(CommandFailure) {
            try await setTools(path, client)
            if let skills { _ = try await client.put(path + "/skills", .object(["skills": skills.json])) }
            return try await client.get(path)
        } catch {
            var failure = error
            failure.description = "\(state), but not its skills and tool settings. \(error.description)"
            throw failure
        }
    }

    private func setTools(_ path: String, _ client: ServerClient) async throws(CommandFailure) {
        guard !toolSettings.isEmpty else { return }
        let known = try await client.get(path + "/tools").array ?? []
        for settings in toolSettings {
            guard let id = known.first(where: { $0["name"]?.string == settings.tool })?["tool_id"]?.string else {
                throw CommandFailure(.usage, "It has no tool called \(settings.tool.harmlessLine).")
            }
            _ = try await client.patch("\(path)/tools/\(id)", .object(["configuration": settings.value]))
        }
    }
}

/// Names parted by commas; none for an empty text.
struct NameList: ExpressibleByArgument {
    let names: [String]

    init(argument: String) { names = argument.split(separator: ",").map { String($0).trimmed } }

    var json: JSONValue { .array(names.map { .string($0) }) }
}

/// A JSON object.
struct ObjectArgument: ExpressibleByArgument {
    let value: JSONValue

    init?(argument: String) {
        guard let value = try? JSONValue(parsing: argument), value.object != nil else { return nil }
        self.value = value
    }
}

/// A tool's name, an equals sign, and a JSON object.
struct ToolSettings: ExpressibleByArgument {
    let tool: String
    let value: JSONValue

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let object = ObjectArgument(argument: String(parts[1])) else { return nil }
        tool = String(parts[0]).trimmed
        value = object.value
    }
}
