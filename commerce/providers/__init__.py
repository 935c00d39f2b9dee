"""Ways to pay, one file each, behind the interface of :mod:`commerce.providers.base`."""
