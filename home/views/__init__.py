"""Views of the website. Importing this package registers those of Wagtail's page types."""

from home.views import catalogue, course, home_page, learning_path, lesson, quiz

__all__ = ["catalogue", "course", "home_page", "learning_path", "lesson", "quiz"]
