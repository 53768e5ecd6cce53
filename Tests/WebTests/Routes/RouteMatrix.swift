/// Every route of the server with who may use it: what is not here does not pass the check.
enum RouteMatrix {
    /// For programs.
    static let api = accounts + talks + tools
    static let all = api + pages + administrationPages

    static let credentials = "username={email}&password={password}"
}
