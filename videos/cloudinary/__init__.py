"""Cloudinary's service: our account there, what is signed and how, what is asked and answered.

Sources: Cloudinary's documentation, "Upload API reference", "Admin API reference", "Signatures", "Notifications".
"""
