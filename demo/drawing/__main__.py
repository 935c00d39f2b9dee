"""Draw every cover and figure of the demo school: ``python -m demo.drawing`` from the repository's root.

The pictures are flat geometry in the manner of printed wax cloth: few colours, strong repeats. They are drawn at
twice their size and scaled down, so that edges are smooth, then reduced to a palette so that each stays under 60 kB.
Figures with words in them are drawn once for each language.
"""

from __future__ import annotations

from demo.drawing import covers, figures


def main() -> None:
    """Draw everything."""
    for picture in (
        covers.python_cover,
        covers.web_cover,
        covers.data_cover,
        covers.school_hero,
        figures.waterfall,
        figures.table_parts,
        figures.join_lines,
    ):
        picture()
    english = "courses/python-first-steps/episodes/fig/{}.png"
    french = "courses/python-first-steps/translations/fr/episodes/fig/{}.png"
    figures.program_steps(
        ("Input", "Instructions", "Output", "2 loaves\nat 150", "read the prices", "multiply", "add up", "Total: 300"),
        [english.format("program-steps")],
    )
    figures.program_steps(
        (
            "Entrée",
            "Instructions",
            "Sortie",
            "2 pains\nà 150",
            "lire les prix",
            "multiplier",
            "additionner",
            "Total : 300",
        ),
        [french.format("program-steps")],
    )
    figures.variable_boxes(
        ("price", "quantity", "total"),
        "A name on the outside, one value on the inside.",
        [english.format("variable-boxes")],
    )
    figures.variable_boxes(
        ("prix", "quantite", "total"),
        "Un nom à l’extérieur, une seule valeur à l’intérieur.",
        [french.format("variable-boxes")],
    )
    figures.fee_decision(
        ("yes", "no", "up to\n5,000?", "up to\n50,000?", "fee: 50", "fee: 1%", "fee: 500"),
        [english.format("fee-decision")],
    )
    figures.fee_decision(
        ("oui", "non", "jusqu’à\n5 000 ?", "jusqu’à\n50 000 ?", "frais : 50", "frais : 1 %", "frais : 500"),
        [french.format("fee-decision")],
    )
    figures.rainfall_bars([english.format("rainfall"), french.format("rainfall")])
    figures.water_map("School", "N", [english.format("water-map")])
    figures.water_map("École", "N", [french.format("water-map")])
    figures.weight_bars((("HTML", 9), ("CSS", 62), ("JavaScript", 340), ("Fonts", 118), ("Images", 1271)), 1271)


if __name__ == "__main__":
    main()
