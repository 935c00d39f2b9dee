"""Names that authors give to code → names that lessons know."""

from courses.blocks.languages import CODE_LANGUAGES

KNOWN = {name for name, _label in CODE_LANGUAGES}
_ALIASES = {
    "": "text", "source": "text", "plain": "text", "plaintext": "text", "txt": "text", "none": "text", "csv": "text",
    "error": "output", "stdout": "output", "stderr": "output", "out": "output", "result": "output", "warning": "output",
    "sh": "bash", "shell": "bash", "zsh": "bash", "console": "bash", "terminal": "bash", "shell-session": "bash",
    "py": "python", "py3": "python", "python3": "python", "pycon": "python", "ipython": "python", "ipython3": "python",
    "js": "javascript", "jsx": "javascript", "mjs": "javascript", "node": "javascript", "ts": "typescript",
    "tsx": "typescript", "c++": "cpp", "cc": "cpp", "h": "c", "c#": "csharp", "cs": "csharp", "yml": "yaml",
    "htm": "html", "django": "html", "jinja": "html", "svg": "xml", "docker": "dockerfile", "md": "markdown",
    "rmd": "markdown", "qmd": "markdown", "rs": "rust", "rb": "ruby", "ps1": "powershell", "pwsh": "powershell",
    "golang": "go", "kt": "kotlin", "sqlite": "sql", "postgresql": "sql", "mysql": "sql", "patch": "diff",
    "cfg": "ini", "conf": "ini", "properties": "ini", "jsonc": "json", "json5": "json", "gql": "graphql",
}  # fmt: skip


def code_language(name: str) -> str | None:
    """The lesson's name for a language; None when it has none."""
    name = name.strip().lower().lstrip(".")
    if name in KNOWN:
        return name
    return _ALIASES.get(name)
