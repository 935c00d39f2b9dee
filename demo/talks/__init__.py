"""Short talks of the demo school: slides drawn, spoken and captioned by programs. ``python -m demo.talks FOLDER``."""
