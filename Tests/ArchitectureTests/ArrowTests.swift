import Testing

/// Modules import what the house allows, and `Package.swift` offers no more.
@Suite struct ArrowTests {
    @Test func everyModuleIsDrawn() throws {
        #expect(try Repository.swiftFiles(in: "Sources/Engine").count > 5, "the rules look at nothing")
        #expect(try Set(Repository.modules).subtracting(Arrows.ours.keys) == [])
    }

    @Test(arguments: try Repository.modules)
    func importsFollowTheArrows(module: String) throws {
        let allowed = Arrows.platform.union(Arrows.ours[module] ?? []).union(Arrows.thirdParty[module] ?? [])
        for path in try Repository.swiftFiles(in: "Sources/\(module)") {
            let imports = try SourceFile(path: path).imports
            #expect(imports.subtracting(allowed) == [], "\(path)")
        }
    }

    @Test(arguments: try Repository.modules.filter { !$0.hasPrefix("C") })
    func manifestFollowsTheArrows(module: String) throws {
        let named = try #require(try Manifest().dependencies(of: module), "\(module) is no target of Package.swift")
        let allowed = (Arrows.ours[module] ?? []).union(Arrows.thirdParty[module] ?? [])
        #expect(named.subtracting(allowed) == [])
    }

    /// What is imported without being named builds by luck, on some machines.
    @Test(arguments: try Repository.modules.filter { !$0.hasPrefix("C") })
    func importsAreNamedInTheManifest(module: String) throws {
        let named = try #require(try Manifest().dependencies(of: module)).union(Arrows.platform)
        for path in try Repository.swiftFiles(in: "Sources/\(module)") {
            let imports = try SourceFile(path: path).imports
            #expect(imports.subtracting(named) == [], "\(path)")
        }
    }

    @Test func packagesAreAllowed() throws {
        #expect(try Set(Manifest().packages).subtracting(Arrows.packages) == [])
    }

    @Test func packagesHaveTheirReasonInTheReadme() throws {
        let readme = try Repository.text("README.md")
        for package in try Manifest().packages { #expect(readme.contains("`\(package)`"), "\(package)") }
    }
}
