/// How long a body may take to come.
enum BodyTime {
    /// The longest: whoever sends one byte by byte holds a connection and no more. Tests have less, and wait for nobody.
    @TaskLocal static var most: Duration = .seconds(30)
}
