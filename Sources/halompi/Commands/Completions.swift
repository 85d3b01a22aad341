internal import ArgumentParser

/// Prints a script with which a shell completes commands and options.
struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a script with which bash, zsh or fish completes commands, options and files.",
    discussion: """
      Where the script goes, for one user; a new shell knows it.

        halompi completions bash > ~/.local/share/bash-completion/completions/halompi
        halompi completions zsh > ~/.zsh/completion/_halompi
        halompi completions fish > ~/.config/fish/completions/halompi.fish

      zsh looks there if `fpath=(~/.zsh/completion $fpath)` stands before `compinit` in ~/.zshrc.
      """)

  @Argument(help: "The shell.")
  var shell: Shell

  /// The shells that scripts can be made for.
  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash
    case zsh
    case fish

    var parserShell: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  func run() throws {
    try reportingFailures {
      try Console.output.give(Halompi.completionScript(for: shell.parserShell))
    }
  }
}
