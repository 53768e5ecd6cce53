import Foundation
import Testing

@testable import Engine

/// The estimate is never below what vocabularies say. The numbers are the larger of what cl100k_base and o200k_base make
/// of these texts.
@Suite struct TokenEstimateTests {
    private static let measured: [(text: String, tokens: Int)] = [
        (
            "The committee met on Tuesday to discuss whether the old bridge should be repaire"
                + "d or replaced. Nobody could say what either would cost, so the decision was put "
                + "off until spring.",
            34
        ),
        (
            "Backpressure propagates upstream: when the consumer's buffer is full, asynchrono"
                + "us producers suspend until acknowledgements arrive; otherwise throughput deterio"
                + "rates catastrophically.",
            30
        ),
        (
            "Die Geschwindigkeitsbegrenzung auf der Donaudampfschifffahrtsstrecke überrascht "
                + "größere Reisegruppen, weil niemand die Schilder außerhalb der Öffnungszeiten les"
                + "en möchte.",
            54
        ),
        (
            "À l'été dernier, les élèves étaient déjà très étonnés : où était passé le célèbr"
                + "e château ? Ça n'a pas été élucidé.",
            39
        ),
        (
            "Hôm qua chúng tôi đã đi dạo quanh hồ và nói chuyện về những điều sẽ thay đổi tro"
                + "ng năm tới.",
            45
        ),
        (
            "Вчера мы долго обсуждали, стоит ли ремонтировать старый мост или построить новый"
                + "; решение отложили до весны.",
            47
        ),
        (
            "Η επιτροπή συζήτησε αν πρέπει να επισκευαστεί η παλιά γέφυρα ή να χτιστεί καινού"
                + "ργια.",
            77
        ),
        ("ناقشت اللجنة أمس ما إذا كان ينبغي إصلاح الجسر القديم أو بناء جسر جديد مكانه.", 53),
        ("הוועדה דנה אתמול בשאלה האם לתקן את הגשר הישן או לבנות גשר חדש במקומו.", 65),
        ("Հանձնաժողովը երեկ քննարկեց, թե արդյոք պետք է վերանորոգել հին կամուրջը։", 130),
        ("समिति ने कल इस बात पर चर्चा की कि पुराने पुल की मरम्मत की जाए या नया बनाया जाए।", 72),
        ("คณะกรรมการหารือเมื่อวานนี้ว่าจะซ่อมสะพานเก่าหรือสร้างสะพานใหม่แทน", 56),
        ("委员会昨天讨论了旧桥应该修缮还是重建的问题。谁也说不清哪种办法要花多少钱，于是决定推迟到春天再议。", 62),
        ("饕餮魑魅，踟蹰于罅隙之间；氤氲缱绻，不知其所以然也。龘靐齉爩", 53),
        ("委員会は昨日、古い橋を修理するべきか、それとも新しく架け替えるべきかについて話し合いました。", 52),
        ("위원회는 어제 낡은 다리를 고칠지 아니면 새로 지을지를 놓고 오랫동안 의논했지만 결정하지 못했습니다.", 57),
        ("Great work 🎉🎉 see you 👩‍👩‍👧‍👦 tomorrow 🌅✨ 🫠🪿", 39),
        (
            "    private func outcome(of call: ToolCall, isRepeated: Bool) async throws -> To"
                + "olOutcome {\n        let start = ContinuousClock.now\n        guard !calls.isEmpty"
                + " else { return [] }\n        return try await run(entry.tool, input)\n    }\n",
            52
        ),
        (
            "def moving_average(xs, n=3):\n    return [sum(xs[i:i+n]) / n for i in range(len(x"
                + "s) - n + 1)]\n\nif __name__ == \"__main__\":\n    print(moving_average([1.5, 2, 3.25,"
                + " 8]))\n",
            62
        ),
        (
            "const f=(a,b)=>a.reduce((x,y)=>({...x,[y.id]:y}),{});export default async()=>{aw"
                + "ait fetch(`/api/${b}?q=${encodeURIComponent(a)}`)};",
            43
        ),
        (
            "{\"id\":\"0192f7a4-6c1e-7d3b-9a55-2f0c8e1b7d64\",\"cost\":0.000125,\"tags\":[\"a\",\"b\"],\"n"
                + "ested\":{\"ok\":true,\"n\":null}}",
            60
        ),
        (
            "2026-11-21T11:37:18Z,193.42,7,0.001\n2026-11-21T11:37:19Z,188.07,12,0.25\n2026-11-"
                + "21T11:37:20Z,4096,65535,3.14159265\n",
            74
        ),
        (
            "aGVsbG8gd29ybGQsIHRoaXMgaXMgYmFzZTY0IHRleHQh/9Zx0Qk3Lr8mVtYwPqXjBnUvKd2fEsGhIoCa"
                + "7T+==",
            67
        ),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 43),
        (
            "# Results\n\n| run | time | state |\n|---|---:|---|\n| 1 | 3.2 s | **done** |\n| 2 | "
                + "10 s | _failed_ |\n\n- [x] first\n- [ ] second\n",
            55
        ),
        ("a                b\n\n\n\n\t\t\t\tc        d\n                                        e", 11),
        (
            "WARNING: DO NOT UNPLUG THE EMERGENCY VENTILATION SYSTEM WITHOUT AUTHORIZATION FR"
                + "OM HEADQUARTERS",
            24
        ),
        (
            "XMLHttpRequestUploadEventTargetFactoryBean.getDOMImplementationRegistryInstance("
                + ")",
            14
        ),
        ("∫₀^∞ e^{-x²} dx = √π/2, ∀ε>0 ∃δ: |x−a|<δ ⇒ |f(x)−L|<ε", 44),
    ]

    @Test(arguments: measured) func neverTooFew(sample: (text: String, tokens: Int)) {
        #expect(TokenEstimate.of(sample.text) >= sample.tokens, "\(sample.text)")
    }

    /// No token is less than a byte.
    @Test(arguments: measured) func neverMoreThanBytes(sample: (text: String, tokens: Int)) {
        #expect(TokenEstimate.of(sample.text) <= sample.text.utf8.count)
    }

    /// Too careful would be to waste the window: prose, code and Chinese stay below three times.
    @Test func proseIsNotOverrated() {
        for index in [0, 12, 17] {
            let sample = Self.measured[index]
            #expect(TokenEstimate.of(sample.text) <= 3 * sample.tokens, "\(sample.text)")
        }
    }

    @Test func oddBytesAreCounted() {
        #expect(TokenEstimate.of("") == 0)
        #expect(TokenEstimate.of("\0\u{7F}") == 2)
        #expect(TokenEstimate.of(String(repeating: "😀", count: 100)) == 400)
    }
}
