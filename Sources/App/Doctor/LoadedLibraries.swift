import Foundation

/// The versions of the C libraries in this process, asked of themselves.
enum LoadedLibraries {
    static var versions: [(name: String, version: String)] {
        [
            ("libpq", libpq), ("libcurl", text("curl_version")?.split(separator: " ").first.map(String.init)),
            ("libcmark", text("cmark_version_string")), ("libxml2", libxml),
        ]
        .map { ($0.0, $0.1 ?? "not found") }
    }

    /// A function without arguments that returns a static C string.
    private static func text(_ function: String) -> String? {
        guard let symbol = dlsym(nil, function) else { return nil }
        typealias Function = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: Function.self)().map { String(cString: $0) }
    }

    /// 20914 is 2.9.14. A variable that points at the text.
    private static var libxml: String? {
        guard let text = dlsym(nil, "xmlParserVersion")?.load(as: UnsafePointer<CChar>?.self),
            let number = Int(String(cString: text).prefix { $0.isNumber })
        else { return nil }
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }

    /// 150012 is 15.12.
    private static var libpq: String? {
        guard let symbol = dlsym(nil, "PQlibVersion") else { return nil }
        typealias Function = @convention(c) () -> Int32
        let number = unsafeBitCast(symbol, to: Function.self)()
        return "\(number / 10_000).\(number % 10_000)"
    }
}
