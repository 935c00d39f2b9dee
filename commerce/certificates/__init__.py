"""The certificate as a document: its facts, its address, its PDF."""
