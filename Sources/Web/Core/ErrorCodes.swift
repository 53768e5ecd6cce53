import Engine

extension WebError {
    /// All that `code` can be in an error's envelope, and `error_code` in a run's log: the general ones, then the more exact.
    static let codes: [String] =
        Code.allCases.map(\.rawValue) + ModelError.Code.allCases.map(\.rawValue)
        + RunFailure.allCases.map(\.rawValue) + MCPFailure.Code.allCases.map(\.rawValue)
}

extension Schema {
    /// What programs go by.
    static let errorCode = Schema.choice(WebError.codes).with {
        $0.name = "ErrorCode"
        $0.about =
            "For programs. Beside those that a status has, more exact ones: what became of a model's call, a run or a call of an MCP server."
        $0.example = "\"\(WebError.Code.validation.rawValue)\""
    }
}
