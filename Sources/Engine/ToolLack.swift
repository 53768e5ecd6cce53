/// Why a model had to answer without the tools that its agent has. The raw values are those of `without_tools` in an answer's
/// metadata.
enum ToolLack: String, Sendable {
    /// The provider refuses requests that have tools.
    case refused
    /// The model's window has no room for them.
    case noRoom = "no_room"
    /// The model did not get its calls right.
    case badCalls = "bad_calls"
    /// It has called them as often as it may.
    case steps

    /// Of the reason in a run's log with which tools are withdrawn.
    static let withdrawal = "tools_withdrawn: "
}
