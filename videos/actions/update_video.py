"""Change what is said of a video, and whether its uploaded file is kept."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import InvalidInput
from core.policies import require
from videos.captions import known_language
from videos.locks import locked_video
from videos.models import Video
from videos.originals import drop_file
from videos.policies import can_change

__all__ = ["update_video"]


@transaction.atomic
def update_video(*, actor: Any, video: Video, title: str, language: str, keeps_original: bool) -> Video:
    """Store title, spoken language and whether the uploaded file stays.

    A file that needn't be kept goes at once when the video is ready, else once it is. It doesn't come back: to
    process such a video anew, it has to be uploaded again.

    Raises:
        NotAllowed: the actor doesn't look after the video.
        VideoNotFound: it was deleted.
        InvalidInput: no title, or no such language.
    """
    require(can_change(actor, video))
    title = " ".join(title.split())
    if not title or len(title) > 255 or "\0" in title:
        raise InvalidInput("title_required", _("Give the video a title of up to 255 characters."), "title")
    video = locked_video(video.pk)
    wanted = {
        "title": title,
        "language": known_language(language) if language else "",
        "keeps_original": keeps_original,
    }
    changed = [name for name, value in wanted.items() if getattr(video, name) != value]
    for name in changed:
        setattr(video, name, wanted[name])
    if not keeps_original and video.original and video.state == Video.State.READY:
        name, video.original = video.original, ""
        changed.append("original")
        # Once it is certain that the row says so: a file that is gone and a row that names it would be worse.
        transaction.on_commit(lambda: drop_file(name), robust=True)
    if changed:
        video.save(update_fields=changed)
        audit.record(actor=actor, verb="videos.video_changed", target=video, facts={"fields": sorted(changed)})
    return video
