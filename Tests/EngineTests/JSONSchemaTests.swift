import Foundation
import Testing

@testable import Engine

@Suite struct JSONSchemaTests {
    /// Schema, a value that fits, a value that does not, and a word of what is said then.
    @Test(arguments: [
        (#"{"type":"string"}"#, #""a""#, "1", "must be string, is number"),
        (#"{"type":"integer"}"#, "1.0", "1.5", "must be integer, is number"),
        (#"{"type":["null","boolean"]}"#, "null", "0", "must be null or boolean"),
        (#"{"enum":["a",1,null]}"#, "1.0", #""b""#, #"one of "a", 1, null"#),
        (#"{"const":{"a":[1]}}"#, #"{"a":[1.0]}"#, #"{"a":[2]}"#, "must be"),
        (#"{"minimum":1}"#, "1", "0.999", "at least 1, is 0.999"),
        (#"{"maximum":1}"#, "1", "2", "at most 1"),
        (#"{"exclusiveMinimum":1}"#, "1.01", "1", "more than 1"),
        (#"{"exclusiveMaximum":1}"#, "0", "1", "less than 1"),
        (#"{"multipleOf":0.1}"#, "0.3", "0.35", "multiple of 0.1"),
        (#"{"minLength":2}"#, #""😀😀""#, #""😀""#, "at least 2 characters, has 1"),
        (#"{"maxLength":2}"#, #""ab""#, #""abc""#, "at most 2 characters, has 3"),
        (#"{"minItems":1}"#, "[1]", "[]", "at least 1 items"),
        (#"{"maxItems":1}"#, "[1]", "[1,2]", "at most 1 items"),
        (#"{"uniqueItems":true}"#, #"[1,"1"]"#, "[1,1.0]", "not repeat"),
        (#"{"items":{"type":"number"}}"#, "[1,2]", #"[1,"x"]"#, "/1: must be number"),
        (#"{"prefixItems":[{"type":"string"}],"items":false}"#, #"["a"]"#, #"["a",1]"#, "/1: is not allowed"),
        (#"{"contains":{"const":3}}"#, "[1,3]", "[1]", "does not contain"),
        (#"{"contains":{"const":3},"maxContains":1}"#, "[3]", "[3,3]", "more than 1"),
        (#"{"required":["a"]}"#, #"{"a":null}"#, "{}", #""a" is missing"#),
        (#"{"properties":{"a":{"type":"string"}}}"#, #"{"b":1}"#, #"{"a":1}"#, "/a: must be string"),
        (
            #"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"a":1}"#, #"{"b":1}"#,
            #"/b: is not known here; there are "a""#
        ),
        (#"{"additionalProperties":{"type":"number"}}"#, #"{"x":1}"#, #"{"x":"y"}"#, "/x: must be number"),
        (#"{"propertyNames":{"maxLength":2}}"#, #"{"ab":1}"#, #"{"abc":1}"#, "at most 2 characters"),
        (#"{"minProperties":1}"#, #"{"a":1}"#, "{}", "must have 1"),
        (#"{"maxProperties":1}"#, #"{"a":1}"#, #"{"a":1,"b":2}"#, "more than 1"),
        (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1,"b":2}"#, #"{"a":1}"#, #""b" is missing"#),
        (#"{"dependentSchemas":{"a":{"required":["b"]}}}"#, #"{"b":1}"#, #"{"a":1}"#, #""b" is missing"#),
        (#"{"allOf":[{"minimum":1},{"maximum":3}]}"#, "2", "4", "at most 3"),
        (#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "7", "3", "none of the 2 alternatives"),
        (#"{"oneOf":[{"multipleOf":2},{"multipleOf":3}]}"#, "9", "6", "fits 2 alternatives"),
        (#"{"not":{"type":"string"}}"#, "1", #""a""#, "excluded"),
        (
            #"{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}"#, #"{"c":1}"#,
            #"{"a":1}"#, #""b" is missing"#
        ),
        (
            ##"{"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}},"required":["v"]}},"$ref":"#/$defs/n"}"##,
            #"{"v":1,"next":{"v":2}}"#, #"{"v":1,"next":{}}"#, #"/next: "v" is missing"#
        ),
        (
            ##"{"$defs":{"x":{"$anchor":"here","type":"null"}},"items":{"$ref":"#here"}}"##, "[null]", "[1]",
            "must be null"
        ),
        ("true", "1", "", ""),
    ])
    func keyword(schema: String, fitting: String, unfitting: String, reason: String) throws {
        let schema = try JSONSchema(JSONValue(parsing: schema))
        #expect(schema.validate(try JSONValue(parsing: fitting)).isEmpty)
        guard !unfitting.isEmpty else { return }
        let found = schema.validate(try JSONValue(parsing: unfitting)).map(\.description).joined(separator: "\n")
        #expect(found.contains(reason), "\(found)")
    }

    @Test(arguments: [
        #"{"type":"text"}"#, #"{"required":"a"}"#, #"{"properties":[]}"#, #"{"minimum":"1"}"#, #"{"minLength":-1}"#,
        #"{"anyOf":[]}"#, ##"{"$ref":"#/$defs/none"}"##, #"{"$ref":"https://example.com/schema"}"#, #"{"items":3}"#,
        #"{"multipleOf":0}"#, "[]",
    ])
    func aSchemaThatMakesNoSenseIsRefused(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(throws: JSONError.self) { try JSONSchema(value) }
    }

    @Test func aSchemaThatRefersToItselfEnds() throws {
        let schema = try JSONSchema(JSONValue(parsing: ##"{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}"##))
        #expect(schema.validate(.null).count <= 8)
    }

    @Test func manyItemsAreComparedQuickly() throws {
        let schema = try JSONSchema(JSONValue(parsing: #"{"uniqueItems":true}"#))
        let items = JSONValue.array((0..<100_000).map { .string("item \($0)") })
        let start = ContinuousClock.now
        #expect(schema.validate(items).isEmpty)
        #expect(start.duration(to: .now) < .seconds(30))
    }

    @Test(arguments: [
        ("", "{}"), ("null", "{}"), (#"{"a":1}"#, #"{"a":1}"#), (#""{\"a\":1}""#, #"{"a":1}"#),
        ("```json\n{\"a\":1}\n```", #"{"a":1}"#), ("\"plain\"", "\"plain\""),
    ])
    func argumentsAreReadAsMeant(text: String, value: String) throws {
        #expect(try ToolArguments.parse(text) == JSONValue(parsing: value))
    }

    @Test(arguments: ["{", "{a:1}", "{\"a\":NaN}", "{\"a\":1}}", "yes"])
    func otherArgumentsAreRefused(text: String) {
        #expect(throws: JSONError.self) { try ToolArguments.parse(text) }
    }
}

@Test func aSampleHasWhatTheSchemaAsksFor() {
    let schema = """
        {"type":"object","required":["place","unit","days","when","sure"],"properties":{
        "place":{"type":"string"},"unit":{"enum":["metric","imperial"]},"days":{"type":"integer","minimum":1},
        "when":{"type":"string","default":"today"},"sure":{"type":"boolean"},"left_out":{"type":"string"}}}
        """
    let sample = try? JSONValue(parsing: SchemaOutline.sample(of: schema))
    #expect(
        sample
            == .object([
                "place": .string(""), "unit": .string("metric"), "days": .number(1), "when": .string("today"),
                "sure": .bool(false),
            ])
    )
    #expect(SchemaOutline.sample(of: "no schema") == "{}")
}
