import Fetch
import Testing

/// A form as whoever takes it apart reads it.
@Suite struct FetchFormTests {
    private static let prefix = "multipart/form-data; boundary="

    @Test func fieldsComeBeforeTheFile() {
        let form = FetchForm(
            [("model", "whisper-1"), ("format", "json")],
            name: "sound.mp3",
            mediaType: "audio/mpeg",
            Array("hello".utf8)
        )
        let boundary = form.type.dropFirst(Self.prefix.count)
        #expect(form.type.hasPrefix(Self.prefix) && boundary.count > 20)
        #expect(
            String(decoding: form.body, as: UTF8.self) == """
                --\(boundary)\r
                Content-Disposition: form-data; name="model"\r
                \r
                whisper-1\r
                --\(boundary)\r
                Content-Disposition: form-data; name="format"\r
                \r
                json\r
                --\(boundary)\r
                Content-Disposition: form-data; name="file"; filename="sound.mp3"\r
                Content-Type: audio/mpeg\r
                \r
                hello\r
                --\(boundary)--\r

                """
        )
    }

    @Test func noNameWritesALineOfItsOwn() {
        let form = FetchForm(name: "a\"b\r\nX: 1\r\r\n.txt", [])
        let text = String(decoding: form.body, as: UTF8.self)
        let name = "filename=\"a%22b%0D%0AX: 1%0D%0D%0A.txt\"\r\n"
        #expect(text.contains(name + "Content-Type: application/octet-stream\r\n"))
    }

    @Test func eachHasABoundaryOfItsOwn() {
        #expect(FetchForm(name: "a", []).type != FetchForm(name: "a", []).type)
    }
}
