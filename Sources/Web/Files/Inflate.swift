/// Unpacks what was packed by DEFLATE (RFC 1951), as far as a limit: what claims to be larger never comes to be.
struct Inflate {
    /// What cannot be unpacked, or is more than was allowed.
    struct Broken: Error, Equatable {}

    private let input: ArraySlice<UInt8>
    private let limit: Int
    private var place: Int
    /// Bits that were taken from the input and not used yet, the lowest first.
    private var held: UInt32 = 0
    private var heldCount = 0
    private var output: [UInt8] = []

    private init(_ input: ArraySlice<UInt8>, limit: Int) {
        (self.input, self.limit, place) = (input, limit, input.startIndex)
    }

    static func unpack(_ input: ArraySlice<UInt8>, upTo limit: Int) throws(Broken) -> [UInt8] {
        var inflate = Inflate(input, limit: limit)
        return try inflate.run()
    }

    private mutating func run() throws(Broken) -> [UInt8] {
        var isLast = false
        while !isLast {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try stored()
            case 1: try block(Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try tables()
                try block(literals, distances)
            default: throw Broken()
            }
        }
        return output
    }

    private mutating func bits(_ count: Int) throws(Broken) -> Int {
        while heldCount < count {
            guard place < input.endIndex else { throw Broken() }
            held |= UInt32(input[place]) << UInt32(heldCount)
            place += 1
            heldCount += 8
        }
        let value = held & ((1 << UInt32(count)) - 1)
        held >>= UInt32(count)
        heldCount -= count
        return Int(value)
    }

    private mutating func stored() throws(Broken) {
        (held, heldCount) = (0, 0)
        let length = try bits(16)
        guard try bits(16) == ~length & 0xFFFF, input.endIndex - place >= length, output.count + length <= limit else {
            throw Broken()
        }
        output += input[place..<place + length]
        place += length
    }

    private mutating func block(_ literals: Code, _ distances: Code) throws(Broken) {
        while true {
            let symbol = try next(literals)
            if symbol == 256 { return }
            if symbol < 256 {
                guard output.count < limit else { throw Broken() }
                output.append(UInt8(symbol))
                continue
            }
            let (length, back) = (try length(symbol), try distance(distances))
            guard back <= output.count, output.count + length <= limit else { throw Broken() }
            // It may reach into what it is writing: byte by byte.
            for _ in 0..<length { output.append(output[output.count - back]) }
        }
    }

    private mutating func length(_ symbol: Int) throws(Broken) -> Int {
        guard symbol - 257 < Self.lengths.count else { throw Broken() }
        let (base, extra) = Self.lengths[symbol - 257]
        return base + (try bits(extra))
    }

    private mutating func distance(_ code: Code) throws(Broken) -> Int {
        let symbol = try next(code)
        guard symbol < Self.distances.count else { throw Broken() }
        let (base, extra) = Self.distances[symbol]
        return base + (try bits(extra))
    }

    /// The codes of a block that brings its own.
    private mutating func tables() throws(Broken) -> (Code, Code) {
        let (literals, distances, count) = (try bits(5) + 257, try bits(5) + 1, try bits(4) + 4)
        var sizes = [UInt8](repeating: 0, count: 19)
        for index in Self.order.prefix(count) { sizes[index] = UInt8(try bits(3)) }
        let code = try Code(sizes)
        var lengths: [UInt8] = []
        while lengths.count < literals + distances {
            let symbol = try next(code)
            let (value, times): (UInt8, Int) =
                switch symbol {
                case 0...15: (UInt8(symbol), 1)
                case 16: (try last(lengths), try bits(2) + 3)
                case 17: (0, try bits(3) + 3)
                default: (0, try bits(7) + 11)
                }
            lengths += [UInt8](repeating: value, count: times)
        }
        guard lengths.count == literals + distances else { throw Broken() }
        return (try Code(lengths[..<literals]), try Code(lengths[literals...]))
    }

    private func last(_ lengths: [UInt8]) throws(Broken) -> UInt8 {
        guard let last = lengths.last else { throw Broken() }
        return last
    }

    /// The next symbol, bit by bit: the codes of one length follow one another.
    private mutating func next(_ code: Code) throws(Broken) -> Int {
        var (value, first, index) = (0, 0, 0)
        for count in code.counts.dropFirst() {
            value |= try bits(1)
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Broken()
    }

    /// A canonical Huffman code: how many symbols have a code of each length, and the symbols in the order of their codes.
    private struct Code {
        let counts: [Int]
        let symbols: [Int]

        init(_ lengths: some Collection<UInt8>) throws(Broken) {
            var counts = [Int](repeating: 0, count: 16)
            for length in lengths { counts[Int(length)] += 1 }
            counts[0] = 0
            // More codes of a length than there are.
            var free = 1
            for count in counts.dropFirst() {
                free = free * 2 - count
                guard free >= 0 else { throw Broken() }
            }
            let sorted = lengths.enumerated().filter { $0.element > 0 }.sorted {
                ($0.element, $0.offset) < ($1.element, $1.offset)
            }
            (self.counts, symbols) = (counts, sorted.map(\.offset))
        }

        /// Of lengths that are known to be a code.
        init(counts: [Int], symbols: [Int]) { (self.counts, self.symbols) = (counts, symbols) }
    }

    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// The least length of each symbol from 257 on, and how many bits are added to it.
    private static let lengths: [(Int, Int)] =
        steps(from: 3, extras: [0, 0, 0, 0, 0, 0, 0, 0] + spread(1...5, 4)) + [(258, 0)]

    private static let distances: [(Int, Int)] = steps(from: 1, extras: [0, 0, 0, 0] + spread(1...13, 2))

    private static func spread(_ values: ClosedRange<Int>, _ times: Int) -> [Int] {
        values.flatMap { Array(repeating: $0, count: times) }
    }

    private static func steps(from least: Int, extras: [Int]) -> [(Int, Int)] {
        var base = least
        return extras.map { extra in
            defer { base += 1 << extra }
            return (base, extra)
        }
    }

    private static let fixedLiterals = Code(
        counts: [0, 0, 0, 0, 0, 0, 0, 24, 152, 112, 0, 0, 0, 0, 0, 0],
        symbols: Array(256...279) + Array(0...143) + Array(280...287) + Array(144...255)
    )
    private static let fixedDistances = Code(
        counts: [0, 0, 0, 0, 0, 30] + [Int](repeating: 0, count: 10),
        symbols: Array(0..<30)
    )
}
