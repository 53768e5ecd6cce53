/// How a column's cells are aligned.
enum Alignment {
    case natural, left, center, right

    /// The attribute as the specification's examples write it.
    var attribute: StaticString {
        switch self {
        case .natural: ""
        case .left: " align=\"left\""
        case .center: " align=\"center\""
        case .right: " align=\"right\""
        }
    }
}
