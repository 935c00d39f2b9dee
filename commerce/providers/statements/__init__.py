"""Bank statements, one format a file, all giving the same lines (:mod:`commerce.providers.statements.lines`)."""
