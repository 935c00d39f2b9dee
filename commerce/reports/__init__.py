"""Figures about money, read from orders, payments and refunds; nothing here writes."""
