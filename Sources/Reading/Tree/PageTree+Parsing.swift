import CXML

extension PageTree {
    /// A page as it was written, however badly; empty when nothing can be made of it.
    init(html: String) {
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
            | HTML_PARSE_NONET.rawValue | HTML_PARSE_COMPACT.rawValue | HTML_PARSE_IGNORE_ENC.rawValue
        self.init(html) { htmlReadMemory($0, $1, nil, "UTF-8", Int32(options)) }
    }

    /// A document of whose own declarations nothing is heeded, and whose addresses are not followed.
    init(xml: String) {
        let options =
            XML_PARSE_RECOVER.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_NONET.rawValue | XML_PARSE_NOCDATA.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        self.init(xml.withoutProlog.withoutOwnEntities) { xmlReadMemory($0, $1, nil, "UTF-8", Int32(options)) }
    }

    private init(_ text: String, parse: (UnsafePointer<CChar>, Int32) -> xmlDocPtr?) {
        self.init()
        var text = text
        let document = text.withUTF8 { bytes -> xmlDocPtr? in
            guard let start = bytes.baseAddress, bytes.count <= Int(Int32.max) else { return nil }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { parse($0, Int32(bytes.count)) }
        }
        guard let document else { return }
        defer { xmlFreeDoc(document) }
        copy(document.pointee.children)
    }

    /// Without recursion: a page may be nested as it likes.
    private mutating func copy(_ first: xmlNodePtr?) {
        var waiting = first.map { [(node: $0, parent: 0)] } ?? []
        while let (node, parent) = waiting.popLast() {
            if let sibling = node.pointee.next { waiting.append((sibling, parent)) }
            switch node.pointee.type {
            case XML_ELEMENT_NODE:
                let name = String(xml: node.pointee.name).lowercased()
                guard let index = append(.element(name), Self.attributes(of: node), to: parent) else { return }
                if let child = node.pointee.children { waiting.append((child, index)) }
            case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
                guard append(.text(String(xml: node.pointee.content)), [:], to: parent) != nil else { return }
            default: break
            }
        }
    }

    private static func attributes(of node: xmlNodePtr) -> [String: String] {
        var attributes: [String: String] = [:]
        var next = node.pointee.properties
        while let attribute = next {
            var value = ""
            var part = attribute.pointee.children
            while let text = part {
                value += String(xml: text.pointee.content)
                part = text.pointee.next
            }
            attributes[String(xml: attribute.pointee.name).lowercased()] = value
            next = attribute.pointee.next
        }
        return attributes
    }
}

extension String {
    fileprivate init(xml text: UnsafePointer<xmlChar>?) {
        self = text.map { String(cString: $0) } ?? ""
    }
}
