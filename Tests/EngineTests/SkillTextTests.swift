import Testing

@testable import Engine

@Suite struct SkillTextTests {
    @Test(arguments: [
        "---\nname: a-b\ndescription: What for\n---\nDo it.",
        "\n---\r\nname: 'a-b'\r\ndescription: \"What for\"\r\nlicense: MIT\r\n---\r\n\r\nDo it.\r\n",
        "---\nname: a-b\ndescription: >\n  What\n  for\nmetadata:\n  x: y\n---\nDo it.",
    ])
    func aHeadAndInstructions(text: String) throws {
        let skill = try SkillText(parsing: text)
        #expect(skill == SkillText(name: "a-b", description: "What for", instructions: "Do it."))
        #expect(try SkillText(parsing: skill.markdown) == skill)
    }

    @Test(arguments: [
        ("Do it.", "begins with"), ("---\nname: a\n", "no end"), ("---\nname: A b\ndescription: x\n---\nDo.", "name:"),
        ("---\nname: a\n---\nDo.", "description:"), ("---\nname: a\ndescription: x\n---\n", "no instructions"),
    ])
    func whatIsWrongIsSaid(text: String, words: String) {
        do {
            _ = try SkillText(parsing: text)
            Issue.record("It was taken")
        } catch {
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test func colonsAndQuotesInADescriptionStay() throws {
        let skill = SkillText(name: "a", description: "Say: \"hello\" \\ 'x'", instructions: "---\nx")
        #expect(try SkillText(parsing: skill.markdown) == skill)
    }
}
