import Engine
import Foundation

/// One server-sent event for a page.
enum LiveFrame: Sendable {
    /// From block `first` on, these take the place of what is there.
    case blocks(first: Int, [String])
    /// The run with its plan and its score.
    case tree(String)
    /// The calls that wait for the reader.
    case questions(String)
    case status(String)
    /// The conversations in the rail.
    case talks(String)
    /// The text begins anew.
    case reset
    /// Only the place in the log.
    case place
    /// What a person said that the run has taken in: it stands before the answer.
    case said(String)
    /// What waits to be taken in, or to be said.
    case pending(String)
    /// Another answer follows: the page has to be loaded again.
    case next
    /// The finished message.
    case done(String)

    func text(id: Int64?) -> String {
        let place = id.map { "id: \($0)\n" } ?? ""
        return place + "event: \(name)\ndata: \(data)\n\n"
    }

    private var name: String {
        switch self {
        case .blocks: "block"
        case .tree: "tree"
        case .questions: "questions"
        case .status: "status"
        case .talks: "talks"
        case .reset: "reset"
        case .place: "place"
        case .said: "said"
        case .pending: "pending"
        case .next: "next"
        case .done: "done"
        }
    }

    private var data: String {
        switch self {
        case .blocks(let first, let blocks):
            "{\"first\":\(first),\"blocks\":[\(blocks.map(LiveFrame.json).joined(separator: ","))]}"
        case .tree(let html), .questions(let html), .status(let html), .talks(let html), .said(let html),
            .pending(let html), .done(let html):
            "{\"html\":\(LiveFrame.json(html))}"
        case .reset, .place, .next: "{}"
        }
    }

    /// A JSON string on one line.
    static func json(_ text: String) -> String {
        var json = ""
        json.appendJSONString(text)
        return json
    }
}
