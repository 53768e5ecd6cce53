"""The completions, each in the shell that it is for: what is offered to somebody who types."""

import os
import subprocess

import pytest
from alma import PROGRAM
from cli_calls import alma
from terminals import Terminal

# What is typed, and all that it is completed to.
OFFERED = {
    "alma ag": {"agents"},
    "alma mo": {"models"},
    "alma --ver": {"--version"},
    "alma agents ": {"list", "show", "create", "update", "delete", "versions", "restore", "export", "import"},
    "alma agents ex": {"export"},
    "alma agents create --in": {"--instruction", "--instruction-file"},
    "alma runs list --st": {"--state"},
    "alma run --agent Assistant --mo": {"--model"},
    "alma run --file har": {"harbour.txt"},
    "alma restore har": {"harbour.txt"},
    "alma user create --password-file har": {"harbour.txt"},
    "alma serve --data po": {"port"},
    "alma chat --approve ": {"all", "ask", "none"},
    "alma completions ": {"bash", "zsh", "fish"},
}
ASK = "\x0f"  # Ctrl-O

# Ctrl-O puts everything that is offered into the line, and writes out what the line is then.
BASH = r"""
cd && source alma.bash
PS1='ready> '
bind '"\C-x1": insert-completions'
bind -x '"\C-x2": printf "<%s>" "$READLINE_LINE"; READLINE_LINE='
bind '"\C-o": "\C-x1\C-x2"'
"""
ZSH = r"""
cd && fpath=(~/.zfunc $fpath)
autoload -Uz compinit && compinit -u -D
PROMPT='ready> '
zstyle ':completion:*' completer _all_matches _complete
zstyle ':completion:*' insert true
offer() { zle complete-word; print -rn -- "<$BUFFER>"; BUFFER= }
zle -N offer && bindkey '^O' offer
"""
FISH = r"cd; for line in $argv; echo (complete -C $line | string split -f 1 \t); end"


def environment_in(home):
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    return {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "PATH": path}


def asked_at_a_terminal(home, program, *arguments):
    # So wide that no line is scrolled.
    shell = Terminal(*arguments, program=program, columns=1000, TERM="dumb", **environment_in(home))
    try:
        shell.until("ready> ")
        for line in OFFERED:
            shell.type(line + ASK)
            shell.until("<")
            # Before the last word nothing changes.
            yield line, shell.until(">").removeprefix(line[: line.rindex(" ") + 1])
    finally:
        shell.close()


def bash(home):
    (home / ".bashrc").write_text(BASH)
    return asked_at_a_terminal(home, "bash", "--noprofile", "--rcfile", home / ".bashrc", "-i")


def zsh(home):
    (home / ".zshrc").write_text(ZSH)
    return asked_at_a_terminal(home, "zsh", "--no-global-rcs", "-i")


def fish(home):
    told = subprocess.run(
        ["fish", "-c", FISH, *OFFERED], env=environment_in(home), capture_output=True, text=True, timeout=240
    )
    assert told.returncode == 0 and not told.stderr, told.stderr
    return zip(OFFERED, told.stdout.split("\n"))


def of_its_kind(line, words):
    """Options where one was begun, else the others: where nothing is typed yet, bash offers both. A folder's name, however
    it ends."""
    is_option = line.rpartition(" ")[2].startswith("-")
    return {word.rstrip("/") for word in words.split() if word.startswith("-") == is_option}


@pytest.mark.parametrize(
    ("shell", "place"),
    [(bash, "alma.bash"), (zsh, ".zfunc/_alma"), (fish, ".config/fish/completions/alma.fish")],
    ids=["bash", "zsh", "fish"],
)
def test_completions(tmp_path, shell, place):
    (tmp_path / "harbour.txt").touch()
    (tmp_path / "port").mkdir()
    script = tmp_path / place
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(alma("completions", shell.__name__, home=tmp_path).stdout)
    assert {line: of_its_kind(line, words) for line, words in shell(tmp_path)} == OFFERED


def test_another_shell_has_none(tmp_path):
    assert alma("completions", "csh", home=tmp_path).returncode == 2
