extension Duration {
    /// Rounded up, so that waiting this long is long enough.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue)
            + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
