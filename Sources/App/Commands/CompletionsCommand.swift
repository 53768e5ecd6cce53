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

    func run() { Terminal.say(Alma.completionScript(for: shell.shell)) }
}
