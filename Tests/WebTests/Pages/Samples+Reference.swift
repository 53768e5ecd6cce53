import Engine
import Hummingbird
import Storage

@testable import Web

extension Samples {
    var referencePages: [(name: String, view: any View)] {
        let endpoints = self.endpoints
        let reference = Reference(endpoints)
        let title = voice.words["reference.title"]
        return [
            (
                "reference",
                ReferenceView(page: frame(title), reference: reference, server: "https://alma.example.org")
            ),
            (
                "reference-chapter",
                ReferenceChapterView(
                    page: frame(title, isAnonymous: true),
                    chapter: reference.chapters[0],
                    reference: reference,
                    voice: voice
                )
            ),
            ("reference-call", call(endpoints[0], nil)), ("reference-call-short", call(endpoints[1], nil)),
            ("reference-call-stream", call(endpoints[2], nil)), ("reference-call-files", call(endpoints[4], nil)),
            ("reference-call-done", call(endpoints[0], status(true, body: Samples.hostile))),
            ("reference-call-failed", call(endpoints[1], status(false, body: nil))),
        ]
    }

    private var endpoints: [Endpoint] {
        struct Input: Decodable, Sendable { var name: String }
        return [
            Endpoint(
                .post,
                "/v1/things/{id}",
                .agents,
                "Makes a thing",
                about: Samples.hostile,
                query: QueryField.page,
                body: .json(Input.self, ["name": .length(1...100, Samples.hostile)]),
                replies: [.object(.agent, .created, "When it is new."), .nothing],
                use: { _, _, _ in Response(status: .ok) }
            ),
            Endpoint(.delete, "/v1/things", .agents, "Deletes things") { _, _ in Response(status: .ok) },
            Endpoint(.get, "/v1/things", .agents, "Streams things", replies: [.events()]) { _, _ in
                Response(status: .ok)
            },
            Endpoint(.post, "/v1/form", .agents, "Sends a form", body: .form([.text("name")])) { _, _, _ in
                Response(status: .ok)
            },
            Endpoint(.post, "/v1/files", .agents, "Sends files", content: .files) { _, _ in Response(status: .ok) },
        ]
    }

    private func call(_ endpoint: Endpoint, _ result: ReferenceCallView.Result?) -> ReferenceCallView {
        var draft = CallDraft(endpoint, isRead: false)
        if result?.isFine == true { draft.errors.add("path-id", Samples.hostile) }
        return ReferenceCallView(
            page: frame(endpoint.summary),
            endpoint: endpoint,
            draft: draft,
            result: result,
            voice: voice
        )
    }

    private func status(_ isFine: Bool, body: String?) -> ReferenceCallView.Result {
        .init(status: "200 OK", isFine: isFine, headers: [.init(name: "X", value: Samples.hostile)], content: body)
    }
}
