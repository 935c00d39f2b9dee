"""Threads, comments, and what is reported about them."""

from community.models.comment import Comment
from community.models.report import CommentReport
from community.models.thread import Thread

__all__ = ["Comment", "CommentReport", "Thread"]
