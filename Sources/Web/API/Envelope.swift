import Engine
import Foundation
package import HTTPTypes
package import Hummingbird
package import Storage

/// The one shape of every JSON answer: `success`, `data` or `error`, `pagination` for lists, `meta`.
package enum Envelope {
    package static func success(
        _ data: JSONObject,
        status: HTTPResponse.Status = .ok,
        context: WebContext
    ) -> Response {
        respond(status, #""data":\#(data.text)"#, context)
    }

    /// Something with what is counted of its use: `bare` is it alone, on which a change may depend.
    static func success(_ data: JSONObject, counting bare: JSONObject, context: WebContext) -> Response {
        tagged(bare.text, success(data, context: context))
    }

    /// Things with when they were used: `bare` are they alone, in an order that no use changes.
    static func list(_ items: [JSONObject], counting bare: [JSONObject], context: WebContext) -> Response {
        tagged(bare.map(\.text).joined(separator: ","), list(items, context: context))
    }

    private static func tagged(_ bare: String, _ response: Response) -> Response {
        var response = response
        if let tag = response.headers[.eTag] { response.headers[.eTag] = EntityTag.of(bare, counted: tag) }
        return response
    }

    package static func list(
        _ items: [JSONObject],
        status: HTTPResponse.Status = .ok,
        context: WebContext
    ) -> Response {
        let data = "[" + items.map(\.text).joined(separator: ",") + "]"
        return respond(status, #""data":\#(data)"#, context)
    }

    package static func page(_ items: [JSONObject], _ page: Page, total: Int, context: WebContext) -> Response {
        self.page(json: "[" + items.map(\.text).joined(separator: ",") + "]", page, total: total, context: context)
    }

    /// `json` is the array of the items as text.
    package static func page(json: String, _ page: Page, total: Int, context: WebContext) -> Response {
        let pages = (total + page.size - 1) / page.size
        let pagination = JSONObject {
            $0.set("page", page.number)
            $0.set("per_page", page.size)
            $0.set("total", total)
            $0.set("total_pages", pages)
            $0.set("has_next", page.number < pages)
            $0.set("has_prev", page.number > 1)
        }
        return respond(.ok, #""data":\#(json),"pagination":\#(pagination.text)"#, context)
    }

    package static func failure(_ error: WebError, requestID: String) -> Response {
        let object = JSONObject {
            $0.set("code", error.specificCode ?? error.code.rawValue)
            $0.set("message", error.message)
            $0.set(
                "details",
                error.details.map { detail in
                    JSONObject {
                        $0.set("field", detail.field)
                        $0.set("message", detail.message)
                    }
                }
            )
        }
        var response = respond(
            error.status,
            #"{"success":false,"error":\#(object.text),\#(meta(requestID))}"#
        )
        if error.code == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if error.code == .upgradeRequired {
            response.headers[.upgrade] = "websocket"
            response.headers[.secWebSocketVersion] = "13"
        }
        return response
    }

    package static func noContent(context: WebContext) -> Response {
        Response(status: .noContent)
    }

    private static func meta(_ requestID: String) -> String {
        let meta = JSONObject {
            $0.set("timestamp", Date())
            $0.set("request_id", requestID)
        }
        return "\"meta\":" + meta.text
    }

    /// A success. What is told at what time by which request is no part of what it is of.
    private static func respond(_ status: HTTPResponse.Status, _ content: String, _ context: WebContext) -> Response {
        let body = #"{"success":true,\#(content),\#(meta(context.requestID))}"#
        var response = respond(status, body)
        if context.isTagged { response.headers[.eTag] = EntityTag.of(content) }
        return response
    }

    private static func respond(_ status: HTTPResponse.Status, _ body: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: .init(string: body))
        )
    }
}
