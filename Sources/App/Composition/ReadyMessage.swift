import Engine
import Fetch
import Logging
import ServiceLifecycle

/// Tells the person at the terminal where to go, once the server really answers there.
struct ReadyMessage: Sendable {
    /// What browsers on this machine use.
    var address: String
    var setupToken: Secret?
    var fetch: FetchClient
    var logger: Logger

    /// Asks until it answers, a minute has passed, or the program is to end; called when the socket listens.
    func announce() async { await cancelWhenGracefulShutdown { await self.waitAndSay() } }

    private func waitAndSay() async {
        let deadline = ContinuousClock.now + .seconds(60)
        while !Task.isCancelled {
            if await isHealthy() { return say() }
            guard ContinuousClock.now < deadline else {
                logger.error("The server listens, but \(address)/healthz does not answer well: see the lines above.")
                return
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func isHealthy() async -> Bool {
        let request = FetchRequest(
            method: "GET",
            url: "\(address)/healthz",
            connectTimeout: .seconds(2),
            totalTimeout: .seconds(5)
        )
        guard let response = try? await fetch.send(request) else { return false }
        _ = try? await response.collect(upTo: 4096)
        return response.status == 200
    }

    private func say() {
        Terminal.say("ALMA is ready at \(address)")
        guard let setupToken else { return }
        Terminal.say(
            "Nobody has an account yet. Make the administrator's at \(address)/set-up?token=\(setupToken.reveal())"
        )
    }
}
