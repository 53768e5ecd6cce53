import Egress
import Engine
import Foundation
import Sandbox

/// One browser in a sandbox of its own: what it knows goes with it, and its network is the proxy alone.
final class BrowserProcess: Sendable {
    /// Where distributions put it; what `/usr/bin` has is a script that wants more than a sandbox gives.
    static let program: String? = [
        "/usr/lib/chromium/chromium", "/usr/lib/chromium-browser/chromium-browser",
        "/usr/lib64/chromium-browser/chromium-browser",
    ].first { path in access(path, X_OK) == 0 }

    static let longestLife = Duration.seconds(3600)

    let wire: BrowserWire
    let record: EgressRecord
    private let process: Task<Void, Never>

    private init(wire: BrowserWire, record: EgressRecord, process: Task<Void, Never>) {
        self.wire = wire
        self.record = record
        self.process = process
    }

    /// Throws `ToolFailure` when it does not start.
    static func start(
        _ program: String,
        in sandbox: CodeSandbox,
        scratch: Workspaces,
        through proxy: EgressProxy,
        permission: @escaping EgressProxy.Permission
    ) async throws -> BrowserProcess {
        let (record, id) = (EgressRecord(), UUID.v7())
        let (lines, found) = AsyncStream.makeStream(of: BrowserWire.self)
        let door = SandboxDoor(
            network: { await proxy.serve($0.number, permission: permission, record: record) },
            line: { line in
                let wire = BrowserWire(line)
                found.yield(wire)
                found.finish()
                await wire.ended()
            }
        )
        let workspace = try scratch.workspace(of: id)
        let command = SandboxCommand([program] + options)
        // It lives on between the calls of a run; `end` is its end, and the session calls that in any case.
        let process = Task {
            _ = try? await sandbox.run(command, in: workspace, limits: limits, door: door)
            found.finish()
            await scratch.removeAside([id])
        }
        for await wire in lines {
            return BrowserProcess(wire: wire, record: record, process: process)
        }
        process.cancel()
        await process.value
        try Task.checkCancellation()
        throw ToolFailure("The browser does not start.")
    }

    /// Returns when nothing of it is left.
    func end() async {
        process.cancel()
        await process.value
    }

    private static var limits: SandboxLimits {
        var limits = SandboxLimits()
        limits.time = longestLife
        limits.processorSeconds = 1800
        limits.processes = 512
        limits.memory = 1 << 30
        limits.temporary = 256 << 20
        limits.output = 16 << 10
        limits.reservesAddresses = true
        return limits
    }

    /// `--no-sandbox`: its own sandbox wants namespaces, which there are none of in ours. Ours has to hold.
    private static let options = [
        "--headless", "--remote-debugging-pipe", "--no-sandbox", "--no-zygote", "--disable-gpu",
        "--disable-dev-shm-usage", "--user-data-dir=/tmp/profile", "--disk-cache-size=33554432",
        "--proxy-server=http://127.0.0.1:3128", "--proxy-bypass-list=<-loopback>", "--disable-quic",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--no-first-run", "--no-default-browser-check",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
        "--disable-default-apps", "--disable-breakpad", "--disable-domain-reliability", "--no-pings", "--mute-audio",
        "--hide-scrollbars", "--window-size=1280,900", "--renderer-process-limit=4",
        "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,NetworkTimeServiceQuerying,"
            + "AutofillServerCommunication,InterestFeedContentSuggestions,CertificateTransparencyComponentUpdater",
        "about:blank",
    ]

    /// What it asks for of its own accord, whatever it is told.
    private static let ownErrands: Set<String> = [
        "clients2.google.com", "clientservices.googleapis.com", "update.googleapis.com", "edgedl.me.gvt1.com",
        "optimizationguide-pa.googleapis.com", "content-autofill.googleapis.com", "safebrowsing.googleapis.com",
    ]

    /// `place`: a host, with or without a port.
    static func isOwnErrand(_ place: String) -> Bool {
        ownErrands.contains(String(place.prefix { $0 != ":" }))
    }
}
