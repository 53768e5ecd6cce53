import Engine
import Foundation
import Storage

// What programs are told of every version, whatever it is a version of.

extension KeptVersion {
    /// Which one it is, who gave it and when, with what `fields` say of what it was.
    func described(_ fields: (inout JSONObject) -> Void) -> JSONObject {
        JSONObject {
            $0.set("version", version)
            $0.set("user_id", userID)
            $0.set("user_name", userName)
            $0.set("created_at", createdAt)
            fields(&$0)
        }
    }
}

extension Schema {
    static func version(_ name: String, _ fields: [Field]) -> Schema {
        let known: [Field] = [
            .integer("version"), .uuid("user_id").orNull, .text("user_name").orNull, .date("created_at"),
        ]
        return object(name, known + fields)
    }
}
