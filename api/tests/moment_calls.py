"""Documents about notes and questions, for tests."""

__all__ = [
    "ADD_BOOKMARK",
    "NOTES",
    "NOTES_MARKDOWN",
    "OPEN_THREAD",
    "REMOVE_BOOKMARK",
    "REMOVE_NOTE",
    "REPLY",
    "REPORT",
    "SAVE_NOTE",
    "THREADS",
    "mark_answered",
    "on_comment",
]

COMMENT = "id text authorName state isTeaching isMine isAnswer canEdit writtenAt editedAt"
THREAD = f"id state videoId atMs openedAt answeredAt isMine commentCount comments {{ {COMMENT} }}"
_ERRORS = "errors { code field message }"

NOTES = """query ($id: ID!) { lesson(id: $id) {
  bookmarks { id videoId atMs label createdAt } notes { id text videoId atMs createdAt changedAt } } }"""
NOTES_MARKDOWN = "query ($id: ID) { notesMarkdown(courseId: $id) }"
THREADS = f"""query ($id: ID!, $first: Int, $after: String, $video: ID, $around: Int) {{ lesson(id: $id) {{
  threads(first: $first, after: $after, video: $video, around: $around) {{
    totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {THREAD} }} }} }} }} }}"""
ADD_BOOKMARK = f"""mutation ($input: AddBookmarkInput!) {{ addBookmark(input: $input) {{
  bookmark {{ id videoId atMs label }} {_ERRORS} }} }}"""
REMOVE_BOOKMARK = f"""mutation ($id: ID!) {{ removeBookmark(input: {{bookmarkId: $id}}) {{ isRemoved {_ERRORS} }} }}"""
SAVE_NOTE = f"""mutation ($input: SaveNoteInput!) {{ saveNote(input: $input) {{
  note {{ id text videoId atMs }} {_ERRORS} }} }}"""
REMOVE_NOTE = f"""mutation ($id: ID!) {{ removeNote(input: {{noteId: $id}}) {{ isRemoved {_ERRORS} }} }}"""
OPEN_THREAD = f"""mutation ($input: OpenThreadInput!) {{ openThread(input: $input) {{
  thread {{ {THREAD} }} {_ERRORS} }} }}"""
REPLY = f"""mutation ($id: ID!, $text: String!) {{ replyToThread(input: {{threadId: $id, text: $text}}) {{
  comment {{ {COMMENT} }} {_ERRORS} }} }}"""
REPORT = f"""mutation ($id: ID!, $reason: ReportReason!) {{ reportComment(input: {{commentId: $id, reason: $reason}}) {{
  isReported {_ERRORS} }} }}"""


def on_comment(name: str, more: str = "") -> str:
    """The document of a mutation about one comment; ``more``: fields of its input, as it is written."""
    return (
        f"""mutation ($id: ID!) {{ {name}(input: {{commentId: $id{more}}}) {{ comment {{ {COMMENT} }} {_ERRORS} }} }}"""
    )


def mark_answered() -> str:
    """The document that says which comment answers."""
    return (
        f"""mutation ($id: ID!) {{ markAnswered(input: {{commentId: $id}}) {{ thread {{ {THREAD} }} {_ERRORS} }} }}"""
    )
