import Engine
import Foundation
import Storage

/// The skills of the organisation.
struct SkillsView: View {
    static let template = "skills"

    let page: Frame
    let skills: [Row]
    let hasSkills: Bool
    let mayMake: Bool

    struct Row: Sendable {
        let address: String
        let name: String
        let description: String
    }

    init(page: Frame, skills: [SkillRecord], mayMake: Bool) {
        self.page = page
        self.mayMake = mayMake
        self.skills = skills.map {
            Row(address: "/skills/\($0.id.text)", name: $0.skill.name, description: $0.skill.description)
        }
        hasSkills = !skills.isEmpty
    }
}
