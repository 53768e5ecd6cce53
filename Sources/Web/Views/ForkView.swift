import Engine
import Foundation

/// Where a run is to go on anew, and what shall be different.
struct ForkView: View {
    static let template = "run-fork"

    let page: Frame
    let address: String
    let back: String
    let problem: String?
    let places: [Place]
    let step: String
    let idempotencyKey: String
    let input: String
    let results: [Result]
    let instruction: String
    let model: Select
    let kept: [StepView]
    let hasKept: Bool

    /// A step after which it can go on.
    struct Place: Sendable {
        let name: String
        let address: String
        let isChosen: Bool
    }

    /// What a tool answered.
    struct Result: Sendable {
        let id: String
        let name: String
        let label: String
        let text: String
    }

    init(
        page: Frame,
        origin: ForkOrigin,
        typed: ForkForm?,
        problem: String?,
        steps: [StepView],
        models: [Option],
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.problem = problem
        back = "/runs/\(origin.story.run.id.text)"
        address = back + "/fork"
        step = String(origin.step)
        idempotencyKey = typed?.key ?? UUID().uuidString
        input = typed?.input ?? origin.input
        instruction = typed?.instruction ?? origin.instruction
        let fork = address
        places = (0...origin.story.replay.finishedSteps.count).map { number in
            Place(
                name: number == 0 ? words["fork.beginning"] : words("step.after", ["n": number.grouped]),
                address: "\(fork)?step=\(number)",
                isChosen: number == origin.step
            )
        }
        results = origin.calls.map { call in
            Result(
                id: "result-\(call.id)",
                name: "result.\(call.id)",
                label: words("fork.result", ["tool": call.name]),
                text: typed?.result(of: call.id) ?? origin.results[call.id]?.content ?? ""
            )
        }
        model = Select("model_id", label: words["composer.model"], options: models)
        kept = Array(steps.prefix(origin.step))
        hasKept = !kept.isEmpty
    }
}
