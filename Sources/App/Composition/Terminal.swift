import Foundation

/// What the program says to the person who started it; the log is elsewhere.
enum Terminal {
    static func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}
