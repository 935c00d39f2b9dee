"""The translators' screens and their glossary of terms."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  translation_admin:index                                                          l rr  AA  Ar r A
GET  translation_admin:course woven_key                                               l rr  Ar  Ar r A
GET  translation_admin:course fresh_key                                               l rr  rr  Ar r A
GET  translation_admin:course draft_key                                               l rr  hr  hr r h
GET  translation_admin:submit woven_key                                               l rr  mm  mm m m
POST translation_admin:submit woven_key <languages                                    l rr  Wr  Wr r W
POST translation_admin:submit fresh_key <languages                                    l rr  rr  Wr r W
POST translation_admin:submit draft_key <languages                                    l rr  rr  rr r r
GET  translation_admin:progress woven_key                                             l rr  Ar  Ar r A
GET  translation_admin:desk woven_key,fr                                              l rr  Ar  Ar r A
GET  translation_admin:desk handed_in_key,fr                                          l rr  Ar  Ar r A
GET  translation_admin:desk fresh_key,fr                                              l rr  rr  Ar r A
GET  translation_admin:desk woven_key,en                                              l rr  hr  hr r h
GET  translation_admin:desk draft_key,fr                                              l rr  hr  hr r h
POST translation_admin:machine_course woven_key,fr                                    l rr  rr  rr r r
POST translation_admin:send woven_key,fr                                              l rr  Ar  Ar r A
POST translation_admin:send woven_key,fr <send_anyway                                 l rr  Wr  Wr r W
POST translation_admin:withdraw handed_in_key,fr                                      l rr  Wr  Wr r W
GET  translation_admin:export_course woven_key,fr +key                                l rr  Ar  Ar r A
GET  translation_admin:import_course woven_key,fr                                     l rr  mm  mm m m
POST translation_admin:import_course woven_key,fr <po_of_course                       l rr  Wr  Wr r W

GET  translation_admin:strings woven_lesson_key,fr                                    l rr  Ar  Ar r A
GET  translation_admin:strings woven_quiz_key,fr +key                                 l rr  Ar  Ar r A
POST translation_admin:strings woven_lesson_key,fr <translated_all                    l rr  Wr  Wr r W
GET  translation_admin:save_string woven_lesson_key,fr,woven_title                    l rr  mm  mm m m
POST translation_admin:save_string woven_lesson_key,fr,woven_title <translated        l rr  Wr  Wr r W
POST translation_admin:save_string woven_quiz_key,fr,woven_title <translated          l rr  ir  ir r i
POST translation_admin:machine_page woven_lesson_key,fr                               l rr  rr  rr r r
GET  translation_admin:preview woven_lesson_key,fr                                    l rr  Ar  Ar r A
GET  translation_admin:export_page woven_lesson_key,fr                                l rr  Ar  Ar r A
GET  translation_admin:import_page woven_lesson_key,fr                                l rr  mm  mm m m
POST translation_admin:import_page woven_lesson_key,fr <po_of_page                    l rr  Wr  Wr r W

# A translation is sent to review from its desk, and answered where every course is.
GET  courses_admin:overview handed_in_french                                          l rr  Ar  AA r A
POST courses_admin:send woven_french                                                  l rr  Ar  Ar r A
POST courses_admin:answer handed_in_french <approve                                   l rr  rr  rW r r
POST courses_admin:answer handed_in_french <ask_changes                               l rr  rr  rW r r

GET  translation_terms:index                                                          l rr  rr  Ar r A
GET  translation_terms:index?export=csv                                               l rr  rr  Ar r A
GET  translation_terms:index_results                                                  l rr  rr  Ar r A
GET  translation_terms:add                                                            l rr  rr  Ar r A
POST translation_terms:add <translators_term                                          l rr  rr  Wr r W
GET  translation_terms:edit translators_term                                          l rr  rr  Ar r A
POST translation_terms:edit translators_term <translators_term                        l rr  rr  Wr r W
GET  translation_terms:delete translators_term                                        l rr  rr  Ar r A
POST translation_terms:delete translators_term                                        l rr  rr  Wr r W
GET  translation_terms:history translators_term                                       l rr  rr  Ar r A
GET  translation_terms:history_results translators_term                               l rr  rr  Ar r A
GET  translation_terms:usage translators_term                                         l rr  rr  Ar r A
GET  translation_admin:import_terms                                                   l rr  rr  Ar r A
POST translation_admin:import_terms <terms                                            l rr  rr  Wr r W
"""
