import Engine
import Testing

@Suite struct RunMachineTests {
    @Test func theWholeTable() {
        let moves: [RunState: [RunMachine.Input: RunState]] = [
            .queued: [.claim: .running, .pause: .paused, .stop: .cancelled, .fail: .failed],
            .running: [
                .claim: .running, .wait: .waiting, .pause: .paused, .stop: .stopping, .complete: .completed,
                .fail: .failed, .cancel: .cancelled,
            ],
            .waiting: [.resume: .running, .pause: .paused, .stop: .cancelled, .fail: .failed],
            .paused: [.resume: .running, .stop: .cancelled],
            .stopping: [.claim: .stopping, .complete: .completed, .fail: .failed, .cancel: .cancelled],
            .completed: [:], .failed: [:], .cancelled: [:],
        ]
        for state in RunState.allCases {
            for input in RunMachine.Input.allCases {
                var machine = RunMachine(state)
                let next = machine.handle(input)
                #expect(next == moves[state]?[input], "\(state) + \(input)")
                #expect(machine.state == next ?? state)
            }
        }
    }
}
