/// A setting that holds for one statement or transaction only, such as who is asking; row policies read it.
package struct SessionSetting: Sendable, Equatable {
    /// The name of the setting, with a dot in it when it is one of our own: `app.user`.
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension [SessionSetting] {
    /// One statement that sets them all until the end of the transaction.
    var query: Query? {
        guard let first else { return nil }
        var query: Query = "select set_config(\(first.name), \(first.value), true)"
        for setting in dropFirst() { query.append(", set_config(\(setting.name), \(setting.value), true)") }
        return query
    }
}
