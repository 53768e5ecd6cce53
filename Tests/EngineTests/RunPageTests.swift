import Testing

@testable import Engine

@Suite struct RunPageTests {
    private let start = ContinuousClock.now

    private func page() -> RunPage { RunPage(ClaimedRun(run: .sample(), epoch: 1, lastSequence: 2), stop: { _ in }) }

    @Test func theFirstWordsGoAtOnceAfterWhatIsNotText() {
        let page = page()
        page.add(.runStatus, "{}")
        _ = page.take(at: start)
        _ = page.settled(isLost: false)
        page.add("Hello", kind: .content)
        #expect(page.isDue(at: start + .milliseconds(1)))
    }

    @Test func laterWordsWaitForCompanyOrForTheirTime() {
        let page = page()
        page.add("Hello", kind: .content)
        #expect(page.take(at: start).events.map(\.sequence) == [3])
        _ = page.settled(isLost: false)
        page.add(" there", kind: .content)
        #expect(!page.isDue(at: start + .milliseconds(1)))
        #expect(page.isDue(at: start + RunPage.gatherTime))
        page.add(String(repeating: "x", count: RunPage.gatherBytes), kind: .content)
        #expect(page.isDue(at: start + .milliseconds(1)))
    }

    @Test func theEndKnowsItsPlaceWhenWhatWasBeforeItIsRefused() {
        let page = page()
        page.add(.runStatus, "{}")
        let batch = page.take(at: start)
        page.isClosing = true
        page.add(.messageComplete, "{}")
        _ = page.rejected(batch)
        let rest = page.takeRest()
        #expect(rest.batch.events.isEmpty && rest.next == 3)
    }

    @Test func nothingGoesWhileSomethingIsUnderWay() {
        let page = page()
        page.add(.runStatus, "{}")
        _ = page.take(at: start)
        page.add(.agentStart, "{}")
        #expect(!page.isDue(at: start + .seconds(1)))
        _ = page.settled(isLost: false)
        #expect(page.isDue(at: start))
    }
}
