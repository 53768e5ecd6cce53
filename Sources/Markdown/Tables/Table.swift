/// A table found in a paragraph; its cells are the headings that carry its number.
struct Table {
    let alignments: [Alignment]
    /// How many cells each row of the body was given, at most as many as there are columns.
    let rows: [Int]
    /// How many missing cells may be filled in: bounded by the source's length, not by rows times columns.
    let padding: Int
}
