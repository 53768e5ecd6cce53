import Engine

extension Principal {
    /// Throws `.forbidden` to those without the permission.
    func demand(_ permission: Permission) throws {
        guard may(permission) else {
            throw StorageError(.forbidden, "This needs the permission \(permission.rawValue).")
        }
    }
}
