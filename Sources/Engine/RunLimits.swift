/// The bounds of a run: whatever a model does, a run ends.
package struct RunLimits: Sendable {
    /// Model calls of one attempt: tool calls without a tool that fits go back to the model this often at most.
    package var steps = 4
    /// Rounds over the candidates when all fail in a way that may pass.
    package var rounds = 3
    /// How often a run may be taken up again after its worker died.
    package var attempts = 5
    package var time = Duration.seconds(600)
    /// Of the answer, in bytes.
    package var answerBytes = 1024 * 1024
    /// The longest wait that a provider may ask for before another try.
    package var longestRetryAfter = 10
    /// The wait before the second round; it doubles, with jitter.
    package var backoff = Duration.milliseconds(500)

    package init() {}
}
