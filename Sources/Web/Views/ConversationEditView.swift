/// Renaming a conversation and giving it tags.
struct ConversationEditView: View {
    static let template = "conversation-edit"

    let page: Frame
    let address: String
    let budgetAddress: String
    let title: String
    let errors: ErrorSummary?
    let name: Field
    let tags: Field

    init(
        page: Frame,
        address: String,
        title: String,
        name: String,
        tags: String,
        errors: FormErrors = FormErrors(),
        voice: Voice
    ) {
        let words = voice.words
        self.page = page
        self.address = address
        budgetAddress = "/budgets/new?conversation=" + (address.split(separator: "/").last ?? "")
        self.title = title
        self.errors = errors.summary(
            ["title": words["conversation.titleLabel"], "tags": words["conversation.tagsLabel"]],
            voice: voice
        )
        self.name = Field(
            "title",
            label: words["conversation.titleLabel"],
            value: name,
            error: errors["title"],
            maximumLength: 200,
            isRequired: true
        )
        self.tags = Field(
            "tags",
            label: words["conversation.tagsLabel"],
            value: tags,
            hint: words["conversation.tagsHint"],
            error: errors["tags"]
        )
    }
}
