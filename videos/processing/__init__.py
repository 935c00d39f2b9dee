"""From an uploaded file to renditions: looked at, planned, encoded by ffmpeg within limits, indexed."""
