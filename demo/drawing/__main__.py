"""Draw every cover and figure of the demo school: ``python -m demo.drawing`` from the repository's root.

The pictures are flat geometry in the manner of printed wax cloth: few colours, strong repeats. They are drawn at
twice their size and scaled down, so that edges are smooth, then reduced to a palette so that each stays under 60 kB.
Figures with words in them are drawn once for each language.
"""

from __future__ import annotations

from demo.drawing import covers, figures

PYTHON = "courses/python-first-steps/{}episodes/fig/{}.png"
WEB = "courses/web-pages-that-load-fast/{}episodes/fig/{}.png"
DATA = "courses/data-with-sqlite/{}episodes/fig/{}.png"
FRENCH, ARABIC = "translations/fr/", "translations/ar/"


def main() -> None:
    """Draw everything."""
    for picture in (covers.python_cover, covers.web_cover, covers.data_cover, covers.school_hero):
        picture()
    for draw in (python_figures, web_figures, data_figures):
        draw()


def python_figures() -> None:
    """Those of *Python: First Steps*, in three languages. Code in them is as in that language's lessons."""
    figures.program_steps(
        ("Input", "Instructions", "Output", "2 loaves\nat 150", "read the prices", "multiply", "add up", "Total: 300"),
        [PYTHON.format("", "program-steps")],
    )
    figures.program_steps(
        (
            *("Entrée", "Instructions", "Sortie", "2 pains\nà 150"),
            *("lire les prix", "multiplier", "additionner", "Total : 300"),
        ),
        [PYTHON.format(FRENCH, "program-steps")],
    )
    figures.program_steps(
        (
            *("المُدخلات", "التعليمات", "المُخرجات", "رغيفان\nبسعر 150"),
            *("اقرأ الأسعار", "اضرب", "اجمع", "المجموع: 300"),
        ),
        [PYTHON.format(ARABIC, "program-steps")],
        mirrored=True,
    )
    english = ("price", "quantity", "total")
    for labels, caption, folder in (
        (english, "A name on the outside, one value on the inside.", ""),
        (("prix", "quantite", "total"), "Un nom à l’extérieur, une seule valeur à l’intérieur.", FRENCH),
        (english, "الاسم في الخارج، وقيمة واحدة في الداخل.", ARABIC),
    ):
        figures.variable_boxes(labels, caption, [PYTHON.format(folder, "variable-boxes")])
    figures.fee_decision(
        ("yes", "no", "up to\n5,000?", "up to\n50,000?", "fee: 50", "fee: 1%", "fee: 500"),
        [PYTHON.format("", "fee-decision")],
    )
    figures.fee_decision(
        ("oui", "non", "jusqu’à\n5 000 ?", "jusqu’à\n50 000 ?", "frais : 50", "frais : 1 %", "frais : 500"),
        [PYTHON.format(FRENCH, "fee-decision")],
    )
    figures.fee_decision(
        ("نعم", "لا", "حتى\n5000؟", "حتى\n50000؟", "الرسم: 50", "الرسم: 1٪", "الرسم: 500"),
        [PYTHON.format(ARABIC, "fee-decision")],
        mirrored=True,
    )
    figures.rainfall_bars("JFMAMJJASOND", [PYTHON.format("", "rainfall"), PYTHON.format(FRENCH, "rainfall")])
    figures.rainfall_bars([str(month) for month in range(1, 13)], [PYTHON.format(ARABIC, "rainfall")])
    for school, north, folder in (("School", "N", ""), ("École", "N", FRENCH), ("المدرسة", "ش", ARABIC)):
        figures.water_map(school, north, [PYTHON.format(folder, "water-map")])


def web_figures() -> None:
    """Those of *Web Pages That Load Fast*."""
    figures.waterfall("stall.jpg", "waiting", "downloading", [WEB.format("", "waterfall")])
    figures.waterfall("stand.jpg", "attente", "téléchargement", [WEB.format(FRENCH, "waterfall")])
    for fonts, unit, folder in (("Fonts", "kB", ""), ("Polices", "ko", FRENCH)):
        parts = (("HTML", 9), ("CSS", 62), ("JavaScript", 340), (fonts, 118), ("Images", 1271))
        figures.weight_bars(parts, unit, [WEB.format(folder, "weight")])


def data_figures() -> None:
    """Those of *Data with SQLite*."""
    figures.table_parts(
        "sale",
        ("id", "day", "product", "kg", "price_per_kg"),
        ("tomato", "onion", "cassava"),
        "row",
        "column",
        [DATA.format("", "table-parts")],
    )
    figures.table_parts(
        "vente",
        ("id", "jour", "produit", "kg", "prix_kg"),
        ("tomate", "oignon", "manioc"),
        "ligne",
        "colonne",
        [DATA.format(FRENCH, "table-parts")],
    )
    figures.join_lines(
        ("sale", "product"),
        (("id", "product", "kg"), ("name", "family")),
        (("tomato", "vegetable"), ("onion", "vegetable"), ("cassava", "root")),
        [DATA.format("", "join")],
    )
    figures.join_lines(
        ("vente", "produit"),
        (("id", "produit", "kg"), ("nom", "famille")),
        (("tomate", "légume"), ("oignon", "légume"), ("manioc", "racine")),
        [DATA.format(FRENCH, "join")],
    )


if __name__ == "__main__":
    main()
