"""Short formulas in running text, written as letters, signs, superscripts and subscripts."""

import re
from html import escape

_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "theta": "θ", "lambda": "λ", "mu": "μ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "omega": "ω", "Delta": "Δ", "Sigma": "Σ",
    "Omega": "Ω", "times": " × ", "cdot": " · ", "div": " ÷ ", "pm": " ± ", "le": " ≤ ", "leq": " ≤ ", "ge": " ≥ ",
    "geq": " ≥ ", "ne": " ≠ ", "neq": " ≠ ", "approx": " ≈ ", "to": " → ", "rightarrow": " → ", "infty": "∞",
    "ldots": "…", "dots": "…", "degree": "°", "circ": "°", "%": "%", ",": " ", ";": " ", "quad": " ",
}  # fmt: skip
_TOKEN = re.compile(
    r"\\(?P<sign>[A-Za-z]+|[%,;])|(?P<raise>[\^_])|(?P<letter>[A-Za-z]+)|(?P<other>[0-9 .,:;=+*/()\[\]|!<>'-])"
)
_SCRIPT = re.compile(r"\{(?P<group>[^{}\\^_]*)\}|(?P<one>[A-Za-z0-9])")


def inline_math(latex: str) -> str | None:
    """HTML for a formula made of letters, signs and one level of ``^`` and ``_``; None for anything richer."""
    pieces: list[str] = []
    position = 0
    while position < len(latex):
        match = _TOKEN.match(latex, position)
        if not match:
            return None
        position = match.end()
        if match["sign"]:
            if match["sign"] not in _SIGNS:
                return None
            pieces.append(_SIGNS[match["sign"]])
        elif match["raise"]:
            script = _SCRIPT.match(latex, position)
            if not script:
                return None
            position = script.end()
            tag = "sup" if match["raise"] == "^" else "sub"
            pieces.append(f"<{tag}>{escape(script['group'] or script['one'] or '')}</{tag}>")
        elif match["letter"]:
            pieces.append(f"<i>{match['letter']}</i>")
        else:
            pieces.append(escape(match["other"].replace("-", "−").replace("*", "·")))
    return " ".join("".join(pieces).split()) or None
