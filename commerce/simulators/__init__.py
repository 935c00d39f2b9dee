"""Payment providers, imitated: their paths, headers, bodies and signatures, and every way they misbehave.

One process serves all of them, each below its own name: ``http://127.0.0.1:9099/mtn/collection/…``. For ``make run``,
for tests, and for nobody in production.
"""
