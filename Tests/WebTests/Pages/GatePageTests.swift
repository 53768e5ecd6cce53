import Foundation
import HTTPTypes
import Testing

@Suite struct GatePageTests {
    @Test func whoIsNotSignedInIsLedToTheSignInPage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            for path in ["/", "/conversations", "/providers", "/agents", "/settings", "/admin/users", "/providers/new"]
            {
                let answer = try await visitor.look(path)
                #expect(
                    answer.status == 303 && answer.headers[.location]?.hasPrefix("/sign-in?next=") == true,
                    "\(path)"
                )
            }
            try await visitor.get("/settings")
            #expect(visitor.address == "/sign-in?next=/settings")
        }
    }

    @Test func registeringSignsInAndSigningOutSignsOut() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let home = try await visitor.get("/")
            #expect(home.status == 200 && home.text.contains("one@example.com"))
            let left = try await visitor.post("/sign-out")
            #expect(left.text.contains("You are signed out"))
            #expect(try await visitor.look("/").status == 303)
        }
    }

    @Test func aWrongFormComesBackWithWhatWasTyped() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.get("/register")
            let fields = [("email", "no\"body"), ("password", "short-7"), ("nickname", "Nobody")]
            let answer = try await visitor.post("/register", fields)
            #expect(answer.status == 422)
            #expect(answer.text.contains("2 things to mend.") && answer.text.contains("href=\"#email\""))
            #expect(answer.text.contains("value=\"no&quot;body\"") && answer.text.contains("value=\"Nobody\""))
            #expect(!answer.text.contains("short-7"))
            let weak = try await visitor.post("/register", [("email", "a@example.com"), ("password", "password123")])
            #expect(weak.status == 422 && weak.text.contains("Too easy to guess"))
        }
    }

    @Test func aTakenAddressAndAWrongPasswordAreSaid() async throws {
        try await TestServer.run { caller in
            try await Visitor(caller).register("one")
            let visitor = Visitor(caller)
            try await visitor.get("/register")
            let taken = try await visitor.post(
                "/register",
                [("email", "ONE@example.com"), ("password", "correct horse 9")]
            )
            #expect(taken.status == 422 && taken.text.contains("There is an account with this address already"))
            let wrong = try await visitor.post(
                "/sign-in",
                [("email", "one@example.com"), ("password", "wrong horse 9")]
            )
            #expect(wrong.status == 422 && wrong.text.contains("do not match"))
            #expect(wrong.text.contains("value=\"one@example.com\"") && !wrong.text.contains("wrong horse"))
            let fields = [("email", "one@example.com"), ("password", "correct horse 9"), ("next", "/settings")]
            let entered = try await visitor.post("/sign-in", fields)
            #expect(entered.status == 200 && visitor.address == "/settings")
        }
    }

    @Test func signingInNeverLeadsElsewhere() async throws {
        try await TestServer.run { caller in
            try await Visitor(caller).register("one")
            for next in ["https://evil.example", "//evil.example", "/\\evil.example", "evil"] {
                let visitor = Visitor(caller)
                try await visitor.get("/sign-in")
                let fields = [("email", "one@example.com"), ("password", "correct horse 9"), ("next", next)]
                #expect(try await visitor.submit("/sign-in", fields).headers[.location] == "/")
            }
        }
    }

    @Test func languageAndThemeHoldBeforeAndAfterSigningIn() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let asked = try await visitor.get("/sign-in", headers: [.acceptLanguage: "zh-CN,zh;q=0.9"])
            #expect(asked.text.contains("<html lang=\"zh-CN\">") && asked.text.contains("登录"))
            try await visitor.post("/preferences", [("language", "zh-CN"), ("return", "/sign-in")])
            #expect(try await visitor.get("/sign-in").text.contains("登录"))
            let dark = try await visitor.post("/preferences", [("theme", "dark"), ("return", "/sign-in")])
            #expect(dark.text.contains("data-theme=\"dark\""))
            try await visitor.register("one")
            #expect(try await visitor.get("/").text.contains("首页"))
            let light = try await visitor.post("/preferences", [("theme", "light"), ("return", "//evil.example")])
            #expect(visitor.address == "/" && light.text.contains("data-theme=\"light\""))
            let english = try await visitor.post("/preferences", [("language", "en"), ("return", "/agents")])
            #expect(visitor.address == "/agents" && english.text.contains("<h1>Agents</h1>"))
        }
    }

    @Test func aFormWithoutItsProofIsRefused() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            try await visitor.register("one")
            let headers: HTTPFields = [
                .contentType: "application/x-www-form-urlencoded", .origin: "https://evil.example",
            ]
            #expect(try await visitor.submit("/sign-out", headers: headers).status == 403)
            #expect(try await visitor.look("/").status == 200)
        }
    }

    @Test func errorsArePagesInTheReadersLanguage() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let lost = try await visitor.look("/nowhere", headers: [.acceptLanguage: "zh"])
            #expect(lost.status == 404 && lost.text.contains("这里什么也没有"))
            try await visitor.register("one")
            #expect(try await visitor.look("/conversations/none").status == 404)
            #expect(try await visitor.look("/conversations/0190a0a0-0000-7000-8000-000000000000").status == 404)
            #expect(try await visitor.look("/admin/users").status == 403)
        }
    }

    @Test func assetsAreKeptForEver() async throws {
        try await TestServer.run { caller in
            let visitor = Visitor(caller)
            let page = try await visitor.get("/sign-in")
            let addresses = page.text.matches(of: /\/assets\/[a-z]+\.[0-9a-f]{16}\.[a-z]+/).map { String($0.0) }
            #expect(addresses.count >= 4)
            for address in Set(addresses) {
                let file = try await visitor.look(address)
                #expect(file.status == 200 && file.headers[.cacheControl]?.contains("immutable") == true, "\(address)")
            }
            #expect(try await visitor.look("/assets/alma.css").status == 404)
            #expect(try await visitor.look("/assets/..%2f..%2fPackage.swift").status == 404)
        }
    }
}
