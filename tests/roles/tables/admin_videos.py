"""Videos in the admin: who uploads looks after their own, administrators after all."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  videos_admin:index                                                               l rr  AA  rr r A
GET  videos_admin:progress?id={spare_video}                                           l rr  AA  rr r A
GET  videos_admin:upload                                                              l rr  AA  rr r A
POST videos_admin:upload <film                                                        l rr  WW  rr r W
GET  videos_admin:video spare_video                                                   l rr  Ar  rr r A
POST videos_admin:video spare_video <video_facts                                      l rr  Wr  rr r W
GET  videos_admin:poster spare_video                                                  l rr  Ar  rr r A
GET  videos_admin:retry spare_video                                                   l rr  mm  mm m m
POST videos_admin:retry spare_video                                                   l rr  Wr  rr r W
GET  videos_admin:delete spare_video                                                  l rr  mm  mm m m
POST videos_admin:delete spare_video                                                  l rr  Wr  rr r W
GET  videos_admin:upload_captions spare_video                                         l rr  mm  mm m m
POST videos_admin:upload_captions spare_video <captions                               l rr  Wr  rr r W
GET  videos_admin:cues spare_video,=en                                                l rr  Ar  rr r A
POST videos_admin:cues spare_video,=en <cues                                          l rr  Wr  rr r W
GET  videos_admin:remove_captions spare_video,=en                                     l rr  mm  mm m m
POST videos_admin:remove_captions spare_video,=en                                     l rr  Wr  rr r W
GET  videos_admin:download_captions spare_video,=en,=vtt                              l rr  Ar  rr r A
GET  videos_admin:chapters spare_video                                                l rr  mm  mm m m
POST videos_admin:chapters spare_video <chapters                                      l rr  Wr  rr r W
GET  courses_admin:video_lessons draft                                                l rr  Ar  rr r A
POST courses_admin:video_lessons draft <video_lessons                                 l rr  Wr  rr r W

GET  video_chooser:choose                                                             l rr  AA  AA A A
GET  video_chooser:choose_results                                                     l rr  AA  AA A A
GET  video_chooser:chosen spare_video                                                 l rr  Ah  hh h A
GET  video_chooser:chosen_multiple?id={spare_video}                                   l rr  AA  AA A A
GET  video_chooser:create                                                             l rr  AA  rr r A
POST video_chooser:create <video_chosen                                               l rr  AA  rr r A
"""
