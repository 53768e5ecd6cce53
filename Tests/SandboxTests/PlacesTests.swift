import Testing

@testable import Sandbox

@Suite struct PlacesTests {
    @Test func whoWaitsComesNext() async {
        let places = Places(1)
        #expect(await places.take())
        async let second = places.take()
        places.leave()
        #expect(await second)
    }

    @Test func whoIsCancelledDoesNotKeepAPlace() async {
        let places = Places(1)
        #expect(await places.take())
        let waiting = Task { await places.take() }
        waiting.cancel()
        #expect(await waiting.value == false)
        places.leave()
        #expect(await places.take())
    }
}
