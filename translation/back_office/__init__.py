"""The translators' screens in the Wagtail admin; every write goes through an action."""
