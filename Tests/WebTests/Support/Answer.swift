import Foundation
import Hummingbird
import HummingbirdTesting
import NIOCore

/// A JSON answer, opened by paths such as `answer["data.user_id"]`.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let text: String

    init(_ response: TestResponse) {
        status = Int(response.status.code)
        headers = response.headers
        text = String(buffer: response.body)
    }

    subscript(path: String) -> Any? {
        var value: Any? = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        for part in path.split(separator: ".") {
            if let list = value as? [Any], let index = Int(part) {
                value = list.indices.contains(index) ? list[index] : nil
            } else {
                value = (value as? [String: Any])?[String(part)]
            }
        }
        return value is NSNull ? nil : value
    }

    func string(_ path: String) -> String? { self[path] as? String }
    func number(_ path: String) -> Int? { self[path] as? Int }
    func flag(_ path: String) -> Bool? { self[path] as? Bool }
    func count(_ path: String) -> Int? { (self[path] as? [Any])?.count }
    func keys(_ path: String) -> Set<String> { Set((self[path] as? [String: Any] ?? [:]).keys) }
}
