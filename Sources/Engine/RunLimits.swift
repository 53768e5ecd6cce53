/// The bounds of a run: whatever a model does, a run ends.
package struct RunLimits: Sendable {
    /// Model calls that end in tool calls; after that many the model has to answer without.
    package var steps = 20
    /// Tools that a model is told of; of more than that, which none of the system's agents has by itself, a short call picks those
    /// that fit.
    package var toolsAtOnce = 40
    /// Steps in a row whose calls were all wrong; after that many the model has to answer without tools.
    package var badSteps = 3
    /// Tool calls of one step that work at the same time.
    package var parallelTools = 8
    /// Of a tool's result that is shown whole, in bytes; of a longer one there is an excerpt, and all of it in the store.
    package var toolResultBytes = 64 * 1024
    /// Of such an excerpt, in bytes.
    package var excerptBytes = 8 * 1024
    /// Of a result in the store; what is longer is cut, in bytes.
    package var keptResultBytes = 16 * 1024 * 1024
    /// Whether models write titles and summaries of conversations.
    package var writesInBackground = true
    /// What a model whose window is not known is taken to read at once, question and answer, in tokens.
    package var defaultWindow = 16_384
    /// Rounds over the candidates when all fail in a way that may pass.
    package var rounds = 3
    /// How often a run may be taken up again after its worker died.
    package var attempts = 5
    package var time = Duration.seconds(600)
    /// Tokens that a turn may use, in and out, its children's with it; after that no model is asked any more.
    package var tokens = 5_000_000
    /// How long a model call may go on in a run that is to pause; then it is cut, and made again when the run goes on.
    package var pausePatience = Duration.seconds(10)
    /// Of the answer, in bytes.
    package var answerBytes = 1024 * 1024
    /// The longest wait that a provider may ask for before another try.
    package var longestRetryAfter = 10
    /// The wait before the second round; it doubles, with jitter.
    package var backoff = Duration.milliseconds(500)
    /// How long a call waits for a place at its provider; the second while another model may be asked instead.
    package var providerPatience = Duration.seconds(60)
    package var providerImpatience = Duration.seconds(5)

    /// Runs that serve one turn, the turn itself among them.
    package var runsPerTurn = 100
    /// How often the agents of a run may pass it on.
    package var handOffs = 5

    /// Runs below a turn, one below the other.
    static let depth = 3
    static let tasksPerPlan = 20

    /// Of the longest wait before a round, the part that is waited.
    static let jitter = 0.5...1.0

    package init() {}

    /// The wait before a round, counted from 0: it doubles with each, and is never shorter than the provider asks for, in
    /// seconds.
    func pause(before round: Int, retryAfter: Int?, jitter: Double) -> Duration {
        max(backoff * (1 << (round - 1)) * jitter, .seconds(retryAfter ?? 0))
    }
}
