"""``make faults``: everything that can go wrong between a payment and what was bought, for every provider.

On PostgreSQL, with a real web server, real HTTP to and from the imitated providers, and worker processes that are
killed with SIGKILL after each step of a settlement. Prints a table and a line ``cases N, lost 0, double 0``.
"""
