/// Which HTML is wanted for the same document.
enum HTMLStyle {
    /// What the GFM specification's examples show, byte for byte.
    case plain
    /// What ALMA's pages show: code in a frame, tables that scroll, links that leave the site safely, no images.
    case page
}
