"""Reads that other rooms use."""
