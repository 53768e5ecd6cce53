/// The home of the administration: its pages, each with what is found there.
struct AdminView: View {
    static let template = "admin"

    let page: Frame
    let places: [Place]

    struct Place: Sendable {
        let name: String
        let about: String
        let address: String
    }

    init(page: Frame, places: [AdminPlace], voice: Voice) {
        self.page = page
        self.places = places.map { place in
            Place(
                name: voice.words["admin.place.\(place.rawValue)"],
                about: voice.words["admin.about.\(place.rawValue)"],
                address: place.address
            )
        }
    }
}
