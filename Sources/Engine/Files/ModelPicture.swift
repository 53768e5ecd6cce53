package import Foundation

/// A picture in a message for a model. Where its bytes are is told; they come along only in the call of a model that sees.
package struct ModelPicture: Sendable, Equatable {
    package var fileID: UUID
    package var name: String
    package var mediaType: String
    /// What is sent, base64; nil as long as it was not fetched.
    package var data: String?
    /// Where the provider itself fetches it, in place of its bytes.
    package var address: String?
    /// How closely it is looked at, in a program's words for it; nil leaves that to the provider.
    package var detail: String?

    package init(fileID: UUID, name: String, mediaType: String, data: String? = nil, address: String? = nil) {
        self.fileID = fileID
        self.name = name
        self.mediaType = mediaType
        self.data = data
        self.address = address
    }

    /// Whether it comes along in a call.
    package var isSent: Bool { data != nil || address != nil }

    /// What a picture costs a model at most, in tokens, after it was made small enough.
    static let tokens = 1600
}

/// Pictures that people have attached: fetched for models that see, put into words for those that do not.
package protocol PictureSource: Sendable {
    /// Its bytes and their media type, not more than any provider takes; nil when they cannot be had.
    func picture(_ picture: ModelPicture, for run: Run) async -> (bytes: [UInt8], mediaType: String)?

    /// What can be read in it, in words for a model; nil when nobody can tell.
    func words(in picture: ModelPicture, for run: Run) async -> String?
}

/// A process that has nobody to fetch them.
package struct NoPictures: PictureSource {
    package init() {}
    package func picture(_ picture: ModelPicture, for run: Run) async -> (bytes: [UInt8], mediaType: String)? { nil }
    package func words(in picture: ModelPicture, for run: Run) async -> String? { nil }
}

/// A request as one model takes it: with the pictures in it, or with words in their place.
struct PictureFit: Sendable {
    /// Of one request; older ones are only named.
    private static let most = 8

    let source: any PictureSource
    let run: Run

    func fitted(_ request: ModelRequest, for candidate: ModelCandidate) async -> ModelRequest {
        var request = request
        var left = Self.most
        for index in request.messages.indices.reversed() {
            guard case .user(let text, let pictures) = request.messages[index], !pictures.isEmpty else { continue }
            let wanted = pictures.prefix(left)
            left -= wanted.count
            request.messages[index] =
                candidate.supportsVision ? await seen(text, wanted) : await told(text, wanted)
        }
        return request
    }

    private func seen(_ text: String, _ pictures: ArraySlice<ModelPicture>) async -> ModelMessage {
        var fetched: [ModelPicture] = []
        for var picture in pictures {
            guard let found = await source.picture(picture, for: run) else { continue }
            picture.mediaType = found.mediaType
            picture.data = Data(found.bytes).base64EncodedString()
            fetched.append(picture)
        }
        return .user(text, pictures: fetched)
    }

    private func told(_ text: String, _ pictures: ArraySlice<ModelPicture>) async -> ModelMessage {
        var parts = [text]
        for picture in pictures {
            let words = await source.words(in: picture, for: run) ?? "Nothing more is known of it."
            parts.append(
                "[You cannot see \(picture.name). What a program has found in it:\n\(words.prefix(bytes: 4000))]"
            )
        }
        return .user(parts.joined(separator: "\n\n"))
    }
}
