import Foundation

/// What the doctor found, in the order of looking.
struct DoctorReport: Sendable {
    enum Mark: String, Sendable {
        case fine = "ok  "
        case note = "    "
        case warning = "warn"
        case failure = "FAIL"
    }

    struct Finding: Sendable {
        var mark: Mark
        var name: String
        var detail: String
    }

    private(set) var findings: [Finding] = []

    mutating func add(_ mark: Mark, _ name: String, _ detail: String) {
        findings.append(Finding(mark: mark, name: name, detail: detail))
    }

    var hasFailures: Bool { findings.contains { $0.mark == .failure } }

    var text: String {
        let width = 1 + (findings.map(\.name.count).max() ?? 0)
        let lines = findings.map { finding in
            let name = "\(finding.name):".padding(toLength: width, withPad: " ", startingAt: 0)
            return "\(finding.mark.rawValue)  \(name)  \(finding.detail)".harmless
        }
        let failures = findings.count { $0.mark == .failure }
        return (lines + [failures == 0 ? "ALMA can run." : "\(failures) problem(s) to mend."]).joined(separator: "\n")
    }
}
