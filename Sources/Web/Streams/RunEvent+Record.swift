import Engine

extension RunEvent {
    /// The record as streams and sockets tell it: as it is stored, but for what a tool said. In the log that is a text, always,
    /// because a model is told it again to the letter; where the text is a whole JSON object, programs get the object.
    var record: String {
        guard kind == .toolResult, let told = try? JSONValue(parsing: data), var members = told.object,
            let text = members["result"]?.string, text.contains("{"), let result = try? JSONValue(parsing: text),
            result.object != nil
        else { return json }
        members["result"] = result
        var event = self
        event.data = JSONValue.object(members).text
        return event.json
    }
}
