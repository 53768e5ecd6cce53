/// What stands around every page: title, navigation, the person, language and look.
struct Frame: Sendable {
    let language: String
    let theme: String?
    let colorScheme: String
    let title: String
    let csrf: String
    /// Where the language and theme switches lead back to.
    var here: String
    let otherLanguage: String
    let otherLanguageName: String
    let nextTheme: String
    let themeName: String
    let links: [NavigationLink]
    let person: PersonView?
    let toast: String?
    var talks: TalksView?
    var announcement: AnnouncementView?
    /// Where the rules of the house are.
    var terms: String?
    var privacy: String?
    var isConversation = false
    var hasComposer = false
    /// Whether an answer grows, so that the page loads again by itself where scripts do not run.
    var isGrowing = false
    /// Whether a part of the page is loaded anew while somebody looks.
    var isLive = false

    init(
        title: String,
        section: Section? = nil,
        person: PersonView? = nil,
        theme: String? = nil,
        csrf: String,
        here: String,
        toast: String? = nil,
        voice: Voice
    ) {
        let words = voice.words
        self.title = title
        self.person = person
        self.theme = theme
        self.csrf = csrf
        self.here = here
        self.toast = toast
        language = words.language.rawValue
        colorScheme = theme ?? "light dark"
        otherLanguage = words.language == .english ? Language.chinese.rawValue : Language.english.rawValue
        otherLanguageName = words.language == .english ? "中文" : "English"
        nextTheme = theme == nil ? "light" : theme == "light" ? "dark" : "system"
        themeName = words["theme.\(theme ?? "system")"]
        links = Section.allCases
            .filter { $0 != .admin || person?.places.isEmpty == false }
            .flatMap { one -> [NavigationLink] in
                let links =
                    one == .admin && section == .admin
                    ? AdminPlace.links(person?.places ?? [], around: here, voice: voice) : []
                let isHere = one == section && !links.contains(where: \.isCurrent)
                return [NavigationLink(one, isCurrent: isHere, voice: voice)] + links
            }
    }
}

/// The parts of the site in the rail.
enum Section: String, CaseIterable, Sendable {
    case home, conversations, agents, providers, usage, admin

    var address: String {
        switch self {
        case .home: "/"
        default: "/" + rawValue
        }
    }

    var icon: String {
        switch self {
        case .home: "home"
        case .conversations: "talk"
        case .agents: "agents"
        case .providers: "plug"
        case .usage: "chart"
        case .admin: "shield"
        }
    }
}

/// A line of the rail.
struct NavigationLink: Sendable {
    let address: String
    let name: String
    let icon: String
    let isCurrent: Bool
    /// Below the one before it.
    let isSub: Bool

    init(_ section: Section, isCurrent: Bool, voice: Voice) {
        address = section.address
        name = voice.words["frame.\(section.rawValue)"]
        icon = voice.icons(section.icon)
        self.isCurrent = isCurrent
        isSub = false
    }

    init(_ place: AdminPlace, isCurrent: Bool, voice: Voice) {
        address = place.address
        name = voice.words["admin.place.\(place.rawValue)"]
        icon = ""
        self.isCurrent = isCurrent
        isSub = true
    }
}

/// Who is signed in.
struct PersonView: Sendable {
    let name: String
    let initials: String
    let email: String
    /// Of the administration, those that are open to them.
    let places: [AdminPlace]

    init(name: String, email: String, places: [AdminPlace]) {
        self.name = name
        self.email = email
        self.places = places
        initials = PersonView.initials(of: name)
    }

    /// The first letters of two words; of a Chinese name its last character.
    static func initials(of name: String) -> String {
        let words = name.split(whereSeparator: \.isWhitespace)
        guard let first = words.first?.first else { return "?" }
        if first.unicodeScalars.first.map({ $0.value > 0x2E7F }) == true { return String(name.last ?? first) }
        return String([first] + (words.count > 1 ? [words[words.count - 1].first ?? first] : [])).uppercased()
    }
}
