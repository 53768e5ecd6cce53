package import Foundation

/// Somewhere that tools come from over the Model Context Protocol, as an administrator has set it up.
package struct MCPServer: Sendable, Equatable {
    /// The raw values are `mcp_servers.transport`.
    package enum Transport: String, Sendable, CaseIterable {
        /// A program in the sandbox, spoken to over its standard input and output.
        case stdio
        /// Streamable HTTP.
        case http
    }

    package var id: UUID
    package var organisationID: UUID
    /// Before the names of its tools; letters, digits, `_` and `-`.
    package var name: String
    package var transport: Transport
    /// The program's absolute path, or the address.
    package var place: String
    /// The program's.
    package var arguments: [String]
    /// Where the program may go.
    package var network: NetworkList
    /// Variables of the program's environment, or headers of each request, by name.
    package var secrets: [String: Secret]
    package var isEnabled: Bool
    /// Grows with every change of the above: a connection that was made with another is out of date.
    package var revision: Int

    package init(
        id: UUID,
        organisationID: UUID,
        name: String,
        transport: Transport,
        place: String,
        arguments: [String] = [],
        network: NetworkList = .none,
        secrets: [String: Secret] = [:],
        isEnabled: Bool = true,
        revision: Int = 1
    ) {
        self.id = id
        self.organisationID = organisationID
        self.name = name
        self.transport = transport
        self.place = place
        self.arguments = arguments
        self.network = network
        self.secrets = secrets
        self.isEnabled = isEnabled
        self.revision = revision
    }
}

/// What a server says of itself and offers, read when it is connected to. All of it is a stranger's words.
package struct MCPOffer: Sendable, Equatable {
    package var protocolVersion: String
    package var title: String
    package var version: String
    package var tools: [MCPTool]
    /// Name and address of each, at most some hundred.
    package var resources: [MCPEntry]
    package var prompts: [MCPEntry]

    package init(
        protocolVersion: String,
        title: String,
        version: String,
        tools: [MCPTool] = [],
        resources: [MCPEntry] = [],
        prompts: [MCPEntry] = []
    ) {
        self.protocolVersion = protocolVersion
        self.title = title
        self.version = version
        self.tools = tools
        self.resources = resources
        self.prompts = prompts
    }
}

/// A tool as its server describes it.
package struct MCPTool: Sendable, Equatable {
    /// What calling it means. The raw values are `mcp_tools.kind`.
    package enum Kind: String, Sendable, CaseIterable {
        /// A tool of the server's.
        case tool
        // Made here, for servers that have resources or prompts.
        case listResources = "list_resources"
        case readResource = "read_resource"
        case listPrompts = "list_prompts"
        case getPrompt = "get_prompt"
    }

    package var kind: Kind
    /// As the server calls it.
    package var name: String
    package var description: String
    /// A JSON Schema of an object.
    package var schema: JSONValue
    /// The server says that it changes nothing.
    package var isReadOnly: Bool
    /// Why it cannot be used; nil when it can.
    package var problem: String?

    package init(
        kind: Kind = .tool,
        name: String,
        description: String,
        schema: JSONValue,
        isReadOnly: Bool = false,
        problem: String? = nil
    ) {
        self.kind = kind
        self.name = name
        self.description = description
        self.schema = schema
        self.isReadOnly = isReadOnly
        self.problem = problem
    }

    /// Whether an approval of one is an approval of the other.
    package func isSame(as other: MCPTool) -> Bool {
        description == other.description && schema == other.schema && isReadOnly == other.isReadOnly
    }
}

/// A resource or a prompt, for lists.
package struct MCPEntry: Sendable, Equatable {
    package var name: String
    /// A resource's address; empty of a prompt.
    package var address: String
    package var description: String

    package init(name: String, address: String = "", description: String = "") {
        self.name = name
        self.address = address
        self.description = description
    }
}

/// How a connection is. The raw values are `mcp_servers.state`.
package enum MCPState: String, Sendable, CaseIterable {
    /// Nobody has tried yet.
    case new
    case connected
    /// In order, and let go because nobody uses it now.
    case resting
    case failing
    /// It wants somebody to sign in there.
    case unauthorised
}

/// A step of a long call.
package struct MCPProgress: Sendable, Equatable {
    package var done: Double
    package var total: Double?
    package var message: String?

    package init(done: Double, total: Double? = nil, message: String? = nil) {
        self.done = done
        self.total = total
        self.message = message
    }
}

/// Why a server could not be reached or did not do what it was asked for, in words for people and models.
package struct MCPFailure: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// It is not there, or does not speak as it should.
        case connection
        /// It wants authorisation; what its `WWW-Authenticate` said.
        case unauthorised(String)
        /// The session at the other end is over; a new one may be begun.
        case sessionGone
        /// It answered with an error of this code.
        case refused(Int)
        /// It is switched off, or has been deleted.
        case off
    }

    package var kind: Kind
    package var message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}
