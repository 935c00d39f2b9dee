"""The block with which pages show a video."""

from videos.back_office.chooser import video_chooser

__all__ = ["VideoChooserBlock"]

VideoChooserBlock = video_chooser.get_block_class(name="VideoChooserBlock", module_path="videos.blocks")
