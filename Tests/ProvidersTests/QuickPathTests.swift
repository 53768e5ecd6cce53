import Engine
import Testing

@testable import Providers

/// The quick ways read exactly what the slow ways read, or nothing.
struct QuickPathTests {
    private static let chunks = [
        #"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1718,"model":"gpt-4o","choices":[{"index":0,"delta":{"content":"Hello"},"logprobs":null,"finish_reason":null}],"usage":null}"#,
        #"{"choices":[{"delta":{"role":"assistant","content":null,"reasoning_content":"Hm \u00e9\ud83d\ude00\n"}}]}"#,
        #" { "choices" : [ { "delta" : { "content" : "a\"b\\c\/d" , "x":[1,-2.5e3,{"y":true}] } } ] } "#,
        #"{"choices":[{"delta":{"content":"x","reasoning":"y"},"finish_reason":"stop"}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}"#,
        #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
        #"{"choices":[{"delta":{"content":"é你😀"}}],"system_fingerprint":"ü"}"#,
        #"{"choices":[{"delta":{"content":"a","refusal":null}}]}"#,
        #"{"choices":[{"delta":{"content":null,"refusal":"No"}}]}"#,
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2},"prompt_cache_hit_tokens":9}}"#,
        #"{"choices":[],"usage":{"prompt_tokens":null,"completion_tokens":7,"prompt_tokens_details":null,"prompt_cache_hit_tokens":4}}"#,
        #"{"choices":[],"usage":{"prompt_tokens":1.5}}"#,
        #"{"choices":[],"usage":{"prompt_tokens":1,"prompt_tokens":2}}"#,
        #"{"choices":[],"usage":null,"usage":{"prompt_tokens":1}}"#,
        #"{"choices":[],"usage":{"prompt_tokens":1},"usage":null}"#,
    ]

    private static let events = [
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello \u4f60"}}"#,
        #"{"type":"content_block_delta","index":12,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}"#,
    ]

    @Test func theCommonChunksAreReadQuickly() {
        #expect(quick(Self.chunks[0])?.text == "Hello")
        #expect(quick(Self.chunks[1])?.reasoning == "Hm é😀\n")
        #expect(quick(Self.chunks[2])?.text == "a\"b\\c/d")
        #expect(quick(Self.chunks[3])?.finishReason == "stop")
        #expect(quick(Self.chunks[4]) == nil)
        #expect(quick(Self.chunks[5])?.usage == TokenUsage(input: 1, output: 2))
        #expect(quick(Self.chunks[7])?.text == "a" && quick(Self.chunks[8]) == nil)
        let last = quick(Self.chunks[9])
        #expect(last?.finishReason == "length" && last?.text == nil)
        #expect(last?.usage == TokenUsage(input: 12, output: 3, cached: 8, reasoning: 2))
        #expect(quick(Self.chunks[10])?.usage == TokenUsage(input: 0, output: 7, cached: 4))
        for odd in Self.chunks[11...] { #expect(quick(odd) == nil) }
        #expect(AnthropicEvent.quickText(of: Self.events[0]) == "Hello 你")
        #expect(AnthropicEvent.quickText(of: Self.events[1]) == nil)
    }

    private func quick(_ json: String) -> OpenAIChunk? {
        Array(json.utf8).withUnsafeBufferPointer { OpenAIChunk(quick: $0) }
    }

    @Test func agreeOnWhatIsBroken() async {
        var generator = SystemRandomNumberGenerator()
        for json in Self.chunks {
            for _ in 0..<600 {
                await Task.yield()
                let broken = Self.broken(Array(json.utf8), &generator)
                guard let quick = broken.withUnsafeBufferPointer({ OpenAIChunk(quick: $0) }) else { continue }
                #expect(quick == (try? OpenAIChunk(slow: broken)), "\(String(decoding: broken, as: UTF8.self))")
            }
        }
        for json in Self.events {
            for _ in 0..<600 {
                await Task.yield()
                let broken = Self.broken(Array(json.utf8), &generator)
                guard let text = broken.withUnsafeBufferPointer({ AnthropicEvent.quickText($0) }) else { continue }
                #expect(
                    .text(text) == (try? AnthropicEvent(slow: broken)),
                    "\(String(decoding: broken, as: UTF8.self))"
                )
            }
        }
    }

    @Test func theScannerAcceptsOnlyJSON() async {
        var generator = SystemRandomNumberGenerator()
        for json in Self.chunks + Self.events {
            #expect(JSONScanner.isObject(json))
            for _ in 0..<300 {
                await Task.yield()
                let broken = Self.broken(Array(json.utf8), &generator)
                guard let text = String(validating: broken, as: UTF8.self), JSONScanner.isObject(text) else { continue }
                #expect(JSONValue(broken) != nil, "\(text)")
            }
        }
    }

    @Test(arguments: [
        "", "1", "[]", "{", "{}x", "{\"a\":01}", "{\"a\":1.}", "{\"a\":+1}", "{\"a\":NaN}", "{\"a\":1e}", "{\"a\" 1}",
        "{\"a\":1,}", "{a:1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\n\"}", "{\"a\":tru}",
    ])
    func notAnObject(text: String) {
        #expect(!JSONScanner.isObject(text))
    }

    @Test func deepJSONEndsEarly() {
        let deep = #"{"a":"# + String(repeating: "[", count: 100_000)
        #expect(!JSONScanner.isObject(deep))
        #expect(throws: (any Error).self) { try OpenAIChunk(Array(deep.utf8)) }
    }

    /// A byte changed, taken out, put in, or a piece cut off or doubled.
    private static func broken(_ bytes: [UInt8], _ generator: inout SystemRandomNumberGenerator) -> [UInt8] {
        var bytes = bytes
        let spice = Array("\"\\{}[]:,0129.eE-+ nulltrue\u{0}/u".utf8) + [0xFF, 0xC3, 0x80, 0xED]
        for _ in 0..<Int.random(in: 1...3, using: &generator) where bytes.count > 2 {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[position] = spice.randomElement(using: &generator)!
            case 1: bytes.remove(at: position)
            case 2: bytes.insert(spice.randomElement(using: &generator)!, at: position)
            case 3: bytes.removeLast(bytes.count - position)
            default: bytes.insert(contentsOf: bytes[position...].prefix(20), at: position)
            }
        }
        return bytes
    }
}

extension AnthropicEvent {
    fileprivate static func quickText(of json: String) -> String? {
        Array(json.utf8).withUnsafeBufferPointer { quickText($0) }
    }
}
