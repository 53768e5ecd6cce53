/// One run: what it is, its steps, its answer.
struct RunView: View {
    static let template = "run"

    let page: Frame
    let header: RunHeader
    let steps: [StepView]
    let hasSteps: Bool
    let html: String
    let hasText: Bool
    let forkAddress: String?
    let compareAddress: String?

    /// `html` comes from the Markdown module and nowhere else.
    init(
        page: Frame,
        header: RunHeader,
        steps: [StepView],
        html: String,
        forkAddress: String?,
        compareAddress: String?
    ) {
        self.page = page
        self.header = header
        self.steps = steps
        self.html = html
        self.forkAddress = forkAddress
        self.compareAddress = compareAddress
        hasSteps = !steps.isEmpty
        hasText = !html.isEmpty
    }
}
