/// A place in a line, counting columns as the parser does, with tab stops every four.
struct LineCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    let lineStart: Int
    let end: Int
    private(set) var position: Int
    private var column = 0
    /// Columns of the tab at `position` that are used up already.
    private var usedOfTab = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, line: Range<Int>) {
        self.bytes = bytes
        lineStart = line.lowerBound
        end = line.upperBound
        position = line.lowerBound
    }

    var current: UInt8? { position < end ? bytes[position] : nil }

    /// Where the white space from here on ends.
    var textStart: Int {
        var index = position
        while index < end, bytes[index].isSpaceOrTab { index += 1 }
        return index
    }

    /// The width of the white space from here on.
    var indent: Int {
        var width = -usedOfTab
        var column = column - usedOfTab
        for index in position..<textStart {
            let step = bytes[index] == UInt8(ascii: "\t") ? 4 - column % 4 : 1
            width += step
            column += step
        }
        return width
    }

    /// Goes over some columns of white space.
    mutating func skip(columns: Int) {
        var left = columns
        while left > 0, let byte = current, byte.isSpaceOrTab {
            let stop = byte == UInt8(ascii: "\t") ? 4 - column % 4 : 1
            let step = min(left, stop)
            left -= step
            column += step
            usedOfTab = step < stop ? usedOfTab + step : 0
            if step == stop { position += 1 }
        }
    }

    /// Goes over some characters that are not white space.
    mutating func skip(characters: Int) {
        position += characters
        column += characters
        usedOfTab = 0
    }
}
