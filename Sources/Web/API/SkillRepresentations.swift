import Engine
import Foundation
import Storage

// Skills as programs are told of them.

extension SkillRecord {
    var representation: JSONObject {
        JSONObject {
            $0.set("skill_id", id)
            $0.set("name", skill.name)
            $0.set("description", skill.description)
            $0.set("skill_md", skill.markdown)
            $0.set(
                "files",
                files.map { file in
                    JSONObject {
                        $0.set("path", file.path)
                        $0.set("size", file.size)
                    }
                }
            )
            $0.set("user_id", userID)
            $0.set("version", version)
            $0.set("updated_at", updatedAt)
        }
    }
}

extension Schema {
    static let skillNames = object("SkillNames", [.list("skills")])
    static let skill = object(
        "Skill",
        [
            .uuid("skill_id"), .text("name"), .text("description"), .text("skill_md"),
            .list("files", of: .object("SkillFile", [.text("path"), .integer("size")])), .uuid("user_id").orNull,
            .integer("version"), .date("updated_at"),
        ]
    )
}

extension EndpointContent {
    static let archive = EndpointContent(mediaType: "multipart/form-data") {
        .object([.file("file", "A zip archive of a folder with `SKILL.md` and its files.")])
    }
}
