/// A place where `count` meet: each waits for the others.
actor Meeting {
    private var missing: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { missing = count }

    func arrive() async {
        missing -= 1
        guard missing > 0 else {
            for one in waiting { one.resume() }
            return waiting.removeAll()
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
