import Engine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// A form with files in it: its fields, and the files as they are kept now.
struct Upload: Sendable {
    var form: Form
    var files: [KeptFile] = []
    /// Why one of the files was not kept; the others were.
    var refusal: FileRefusal?
}

/// Reads a form that may carry files. They go to the store as they arrive; nothing of them is gathered in memory.
struct UploadReader: Sendable {
    /// Of all fields together, in bytes.
    private static let longestFields = 1 << 20
    private static let longestTime = Duration.seconds(600)

    let services: WebServices
    let identity: Identity
    /// What the hidden field has to say before the first file; nil where no cookie speaks for anybody.
    var proof: String?

    init(_ services: WebServices, identity: Identity, context: WebContext, request: Request) {
        self.services = services
        self.identity = identity
        proof = request.isForAPI ? nil : context.csrfToken
    }

    private var limits: FileLimits { services.store.fileLimits }

    /// `conversation` says where the files belong; it is asked once, when the first one comes. Throws `WebError`.
    func read(_ request: Request, into conversation: () async throws -> UUID) async throws -> Upload {
        guard request.hasFiles else { return Upload(form: try await request.decodeForm()) }
        let longest = limits.conversation + Int64(Self.longestFields)
        if let length = request.headers[.contentLength].flatMap(Int64.init), length > longest { throw tooLong(longest) }
        var reading = Reading(proof: proof)
        let deadline = ContinuousClock.now + Self.longestTime
        var total: Int64 = 0
        do {
            var parser = try MultipartParser(contentType: request.headers[.contentType] ?? "")
            for try await buffer in request.body {
                total += Int64(buffer.readableBytes)
                guard total <= longest else { throw tooLong(longest) }
                guard ContinuousClock.now < deadline else {
                    throw WebError(.requestTimeout, "The request took too long to arrive.")
                }
                for event in try parser.feed(buffer.readableBytesView) { try await take(event, &reading, conversation) }
            }
            guard parser.isComplete else { throw WebError(.badRequest, "The form ended in the middle.") }
            try reading.checkProof()
        } catch {
            await reading.intake?.discard()
            guard error is MultipartParser.Malformed else { throw error }
            throw WebError(.badRequest, "The form cannot be read as multipart/form-data.")
        }
        return Upload(form: Form(fields: reading.fields), files: reading.files, refusal: reading.refusal)
    }

    private func tooLong(_ bytes: Int64) -> WebError {
        WebError(.tooLarge, "All files together may have at most \(ByteCount.text(bytes)).")
    }

    private func take(
        _ event: MultipartParser.Event,
        _ reading: inout Reading,
        _ conversation: () async throws -> UUID
    ) async throws {
        switch event {
        case .part(let name, let fileName?): try await beginFile(name, fileName, &reading, conversation)
        case .part(let name, nil): reading.field = (name, [])
        case .bytes(let bytes): try await take(bytes, &reading)
        case .end: try await endPart(&reading)
        }
    }

    private func beginFile(
        _ name: String,
        _ fileName: String,
        _ reading: inout Reading,
        _ conversation: () async throws -> UUID
    ) async throws {
        try reading.checkProof()
        // A file field that was left empty.
        guard !fileName.isEmpty else { return }
        guard reading.files.count < limits.perMessage else {
            reading.refusal = FileRefusal(.tooMany, "At most \(limits.perMessage) files at once.")
            return
        }
        if reading.conversation == nil { reading.conversation = try await conversation() }
        guard let place = reading.conversation else { return }
        reading.intake = try await services.store.intake(fileName, in: place, by: identity.principal)
        if reading.intake == nil { throw WebError.notFound }
    }

    private func take(_ bytes: [UInt8], _ reading: inout Reading) async throws {
        if reading.field != nil {
            reading.fieldBytes += bytes.count
            guard reading.fieldBytes <= Self.longestFields else { throw tooLong(Int64(Self.longestFields)) }
            reading.field?.value += bytes
        } else if var intake = reading.intake {
            do {
                try await intake.take(bytes)
                reading.intake = intake
            } catch let refusal as FileRefusal {
                // The rest of it is read and thrown away: a browser that is cut off shows no answer.
                await intake.discard()
                (reading.intake, reading.refusal) = (nil, refusal)
            }
        }
    }

    private func endPart(_ reading: inout Reading) async throws {
        if let field = reading.field {
            reading.fields[field.name, default: []].append(String(decoding: field.value, as: UTF8.self))
            reading.field = nil
        } else if var intake = reading.intake {
            reading.intake = nil
            do {
                let file = try await intake.finish()
                if !reading.files.contains(where: { $0.id == file.id }) { reading.files.append(file) }
            } catch let refusal as FileRefusal {
                await intake.discard()
                reading.refusal = refusal
            }
        }
    }

    /// What has come so far.
    private struct Reading {
        let proof: String?
        var fields: [String: [String]] = [:]
        var field: (name: String, value: [UInt8])?
        var fieldBytes = 0
        var conversation: UUID?
        var intake: FileIntake?
        var files: [KeptFile] = []
        var refusal: FileRefusal?

        init(proof: String?) { self.proof = proof }

        func checkProof() throws(WebError) {
            guard let proof else { return }
            try CrossSiteGuard.check(fields["csrf"]?.first ?? "", against: proof)
        }
    }
}

extension Request {
    /// Whether it is a form that may carry files.
    var hasFiles: Bool { headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") == true }

    /// The pages whose forms may carry files: their handlers read them with `UploadReader`, `decodeFormWithFile` or
    /// `TriedUpload`, which check the form's proof.
    var takesFiles: Bool {
        let parts = uri.path.split(separator: "/")
        if parts.first == "skills" { return parts.last == "upload" || parts.last == "archive" }
        if parts.first == "agents" { return parts == ["agents", "import"] }
        if parts.first == "docs" { return parts.count == 3 && parts[1] == "calls" }
        guard parts.first == "conversations" else { return false }
        return parts.count == 1 || (parts.count == 3 && parts[2] == "messages")
    }
}
