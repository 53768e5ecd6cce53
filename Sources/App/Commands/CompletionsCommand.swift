import ArgumentParser

/// `alma completions`: what a shell needs to complete our commands.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print the completions for a shell: bash, zsh or fish.",
        discussion: """
            bash: alma completions bash >~/.local/share/bash-completion/completions/alma
            zsh:  alma completions zsh >~/.zfunc/_alma, with ~/.zfunc in $fpath before compinit
            fish: alma completions fish >~/.config/fish/completions/alma.fish
            """
    )

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var shell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() {
        let script = Alma.completionScript(for: shell.shell)
        Terminal.say(shell == .zsh ? Self.insertingOptions(script) : script)
    }

    /// While an argument is missing of which nothing but its name is known, zsh only lists the options that fit, and puts
    /// none of them into the line; unless the argument shows its name itself.
    private static func insertingOptions(_ script: String) -> String {
        let argument = /^( +'\*?:([a-z-]+):)'$/.anchorsMatchLineEndings()
        return script.replacing(argument) { "\($0.1)_message \($0.2)'" }
    }
}
