/// What pages are made of: templates and words, styles and scripts. Read once.
package struct PageFiles: Sendable {
    let assets: Assets
    let templates: Templates

    /// Throws what is wrong with the first broken one. `templates` and `assets`: folders.
    package init(templates: String, assets: String) throws {
        self.assets = try Assets(folder: assets)
        self.templates = try Templates(folder: templates, assets: self.assets)
    }
}
