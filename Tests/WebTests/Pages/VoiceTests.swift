import Foundation
import Testing

@testable import Web

@Suite struct VoiceTests {
    @Test func durations() throws {
        let voice = try Fixtures.voice()
        #expect(voice.duration(0.0421) == "42 ms")
        #expect(voice.duration(3.14) == "3.1 s")
        #expect(voice.duration(38.2) == "38 s")
        #expect(voice.duration(151) == "2 min 31 s")
        #expect(try Fixtures.voice(.chinese).duration(151) == "2分31秒")
    }

    @Test func money() throws {
        let voice = try Fixtures.voice()
        #expect(voice.money(Decimal(string: "0.0612")!, currency: "USD") == "$0.061")
        #expect(voice.money(Decimal(string: "1234.5")!, currency: "CNY") == "¥1,234.50")
        #expect(voice.price(Decimal(string: "0.2")!, currency: "USD") == "$0.20")
        #expect(voice.price(Decimal(string: "0.075")!, currency: "CHF") == "CHF 0.075")
    }

    @Test func tokens() throws {
        let voice = try Fixtures.voice()
        #expect(voice.tokens(900) == "900")
        #expect(voice.tokens(41_240) == "41.2k")
        #expect(voice.tokens(200_000) == "200k")
        #expect(voice.tokens(1_300_000) == "1.3M")
        #expect((-12_480).grouped == "-12,480")
    }

    @Test func times() throws {
        let samples = try Fixtures.samples(.english)
        let voice = samples.voice
        #expect(voice.time(samples.ago(0.3)).text == "now")
        #expect(voice.time(samples.ago(3)).text == "3 min ago")
        #expect(voice.time(samples.ago(130)).text == "2 h ago")
        let old = voice.time(Date(timeIntervalSince1970: 1_750_000_000))
        #expect(old.text == "15 Jun 2025" && !old.isRecent)
        #expect(old.instant == "2025-06-15T15:06:40.000Z")
        let chinese = try Fixtures.voice(.chinese)
        #expect(chinese.time(Date(timeIntervalSince1970: 1_750_000_000)).text == "2025年6月15日")
    }

    @Test func zones() {
        #expect(UserZone.zone("UTC+8:00").secondsFromGMT() == 8 * 3600)
        #expect(UserZone.zone("UTC-3:30").secondsFromGMT() == -12_600)
        #expect(UserZone.zone("UTC+5:45").secondsFromGMT() == 20_700)
        #expect(UserZone.zone("Asia/Shanghai").secondsFromGMT() == 8 * 3600)
        #expect(UserZone.zone("nowhere").secondsFromGMT() == 0)
        #expect(UserZone.zone("UTC+99:00").secondsFromGMT() == 0)
        #expect(UserZone.names.contains("UTC+8:00") && UserZone.names.contains("UTC-9:30"))
        #expect(UserZone.names.allSatisfy(UserZone.isKnown))
        for name in TimeZone.knownTimeZoneIdentifiers { #expect(UserZone.isKnown(name), "\(name)") }
        for name in ["", "nowhere", "Europe/Atlantis", "UTC+99:00", "UTC+8", "UTC-x"] {
            #expect(!UserZone.isKnown(name), "\(name)")
        }
    }

    @Test func initials() {
        #expect(PersonView.initials(of: "Member One") == "MO")
        #expect(PersonView.initials(of: "one") == "O")
        #expect(PersonView.initials(of: "成员一") == "一")
        #expect(PersonView.initials(of: " ") == "?")
    }
}
