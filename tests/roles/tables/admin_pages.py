"""Pages in the admin. ``draft…`` was never sent to review, ``sent`` waits there; both are the instructor's."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  wagtailadmin_explore_root                                                        l rr  AA  AA r A
GET  wagtailadmin_explore catalogue                                                   l rr  AA  AA r A
GET  wagtailadmin_explore draft                                                       l rr  Ah  AA r A
GET  wagtailadmin_explore_results catalogue                                           l rr  AA  AA r A
GET  wagtailadmin_explore_results draft                                               l rr  Ah  AA r A
GET  wagtailadmin_pages:add courses,lessonpage,draft_module                           l rr  Ar  rr r A
POST wagtailadmin_pages:add courses,lessonpage,draft_module <lesson                   l rr  Wr  rr r W
GET  wagtailadmin_pages:add courses,coursepage,catalogue                              l rr  AA  rr r A
GET  wagtailadmin_pages:preview_on_add courses,lessonpage,draft_module                l rr  Ar  rr r A
POST wagtailadmin_pages:preview_on_add courses,lessonpage,draft_module <lesson        l rr  Wr  rr r W
GET  wagtailadmin_pages:type_use courses,lessonpage                                   l rr  AA  AA r A
GET  wagtailadmin_pages:type_use_results courses,lessonpage                           l rr  AA  AA r A
GET  wagtailadmin_pages:choose_parent courses,lessonpage                              l rr  AA  AA A A
GET  wagtailadmin_pages:usage draft_lesson                                            l rr  Ar  rr r A
GET  wagtailadmin_pages:edit draft                                                    l rr  Wr  rr r W
GET  wagtailadmin_pages:edit draft_lesson                                             l rr  Wr  rr r W
GET  wagtailadmin_pages:edit draft_quiz                                               l rr  Wr  rr r W
GET  wagtailadmin_pages:edit quiz                                                     l rr  Wr  rr r W
GET  wagtailadmin_pages:edit sent                                                     l rr  Wr  rW r W
GET  wagtailadmin_pages:edit others                                                   l rr  rW  rr r W
GET  wagtailadmin_pages:edit french_quiz +key                                         l rr  Ar  Ar r A
GET  wagtailadmin_pages:edit catalogue                                                l rr  rr  rr r W
GET  wagtailadmin_pages:edit home                                                     l rr  rr  rr r W
POST wagtailadmin_pages:edit draft_lesson <lesson                                     l rr  Wr  rr r W
POST wagtailadmin_pages:edit others_lesson <lesson                                    l rr  rW  rr r W
GET  wagtailadmin_pages:preview_on_edit draft_lesson                                  l rr  Ar  rr r A
POST wagtailadmin_pages:preview_on_edit draft_lesson <lesson                          l rr  Wr  rr r W
GET  wagtailadmin_pages:view_draft draft_lesson                                       l rr  Ar  rr r A
GET  wagtailadmin_pages:view_draft draft_quiz                                         l rr  Ar  rr r A
GET  wagtailadmin_pages:add_subpage draft_module                                      l rr  Ar  rr r A
GET  wagtailadmin_pages:delete draft_lesson                                           l rr  Ar  rr r A
POST wagtailadmin_pages:delete draft_lesson                                           l rr  Wr  rr r W
POST wagtailadmin_pages:delete draft                                                  l rr  Wr  rr r W
POST wagtailadmin_pages:delete lesson                                                 l rr  rr  rr r W
GET  wagtailadmin_pages:unpublish lesson                                              l rr  rr  rr r A
POST wagtailadmin_pages:unpublish lesson                                              l rr  rr  rr r W
GET  wagtailadmin_pages:convert_alias french_course                                   l rr  Ar  Ar r A
POST wagtailadmin_pages:convert_alias french_course                                   l rr  Wr  Wr r W
GET  wagtailadmin_pages:search?q=okra                                                 l rr  AA  AA r A
GET  wagtailadmin_pages:search_results?q=okra                                         l rr  AA  AA r A
GET  wagtailadmin_pages:move draft_lesson                                             l rr  Ar  rr r A
GET  wagtailadmin_pages:move_confirm draft_lesson,module                              l rr  Ar  rr r A
POST wagtailadmin_pages:move_confirm draft_lesson,module                              l rr  Wr  rr r W
POST wagtailadmin_pages:set_page_position draft_lesson                                l rr  rr  rr r W
GET  wagtailadmin_pages:copy draft_lesson                                             l rr  Ar  rr r A
POST wagtailadmin_pages:copy draft_lesson <copy                                       l rr  Wr  rr r W
GET  wagtailadmin_pages:workflow_action sent,approve,task_state                       l rr  rr  rA r r
POST wagtailadmin_pages:workflow_action sent,approve,task_state                       l rr  rr  rW r r
POST wagtailadmin_pages:workflow_action sent,reject,task_state                        l rr  rr  rW r r
GET  wagtailadmin_pages:collect_workflow_action_data sent,approve,task_state          l rr  rr  rA r r
GET  wagtailadmin_pages:confirm_workflow_cancellation sent                            l rr  AA  AA A A
GET  wagtailadmin_pages:workflow_preview sent,task                                    l rr  rr  rA r r
GET  wagtailadmin_pages:set_privacy draft                                             l rr  rr  rr r A
POST wagtailadmin_pages:set_privacy draft <privacy                                    l rr  rr  rr r W
POST wagtailadmin_pages:lock draft                                                    l rr  rr  rW r W
POST wagtailadmin_pages:unlock draft                                                  l rr  rr  rA r A
GET  wagtailadmin_pages:revisions_index draft_lesson                                  l rr  AA  AA A A
GET  wagtailadmin_pages:revisions_view draft_lesson,draft_revision                    l rr  Ar  rr r A
GET  wagtailadmin_pages:revisions_revert draft_lesson,draft_revision                  l rr  Wr  rr r W
GET  wagtailadmin_pages:revisions_unschedule draft_lesson,draft_revision              l rr  rr  rr r A
POST wagtailadmin_pages:revisions_unschedule draft_lesson,draft_revision              l rr  rr  rr r W
GET  wagtailadmin_pages:revisions_compare draft_lesson,earliest,latest                l rr  Ar  rr r A
GET  wagtailadmin_pages:workflow_history sent                                         l rr  Ar  rA r A
GET  wagtailadmin_pages:workflow_history_detail sent,workflow_state                   l rr  Ar  rA r A
GET  wagtailadmin_pages:history draft_lesson                                          l rr  Ar  rr r A
GET  wagtailadmin_pages:history_results draft_lesson                                  l rr  Ar  rr r A

# Many at once.
GET  wagtail_bulk_action?id={draft_lesson} wagtailcore,page,delete                    l rr  AA  AA A A
POST wagtail_bulk_action?id={draft_lesson} wagtailcore,page,delete                    l rr  WA  AA A W
GET  wagtail_bulk_action?id={draft_lesson} wagtailcore,page,move                      l rr  AA  AA A A
POST wagtail_bulk_action?id={draft_lesson} wagtailcore,page,move <to_module           l rr  WA  AA A W
GET  wagtail_bulk_action?id={draft_lesson} wagtailcore,page,publish                   l rr  AA  AA A A
POST wagtail_bulk_action?id={draft_lesson} wagtailcore,page,publish                   l rr  AA  AA A W
GET  wagtail_bulk_action?id={lesson} wagtailcore,page,unpublish                       l rr  AA  AA A A
POST wagtail_bulk_action?id={lesson} wagtailcore,page,unpublish                       l rr  AA  AA A W

# Choosers of links.
GET  wagtailadmin_choose_page                                                         l rr  AA  AA A A
GET  wagtailadmin_choose_page_child catalogue                                         l rr  AA  AA A A
GET  wagtailadmin_choose_page_child draft                                             l rr  Ar  rA r A
GET  wagtailadmin_choose_page_search?q=okra                                           l rr  AA  AA A A
GET  wagtailadmin_choose_page_chosen_multiple?id={draft}                              l rr  AA  AA A A
GET  wagtailadmin_choose_page_chosen_multiple?id={course}                             l rr  AA  AA A A
GET  wagtailadmin_choose_page_external_link                                           l rr  AA  AA A A
GET  wagtailadmin_choose_page_email_link                                              l rr  AA  AA A A
GET  wagtailadmin_choose_page_phone_link                                              l rr  AA  AA A A
GET  wagtailadmin_choose_page_anchor_link                                             l rr  AA  AA A A

# The editor's own API.
GET  wagtailadmin_api:pages:listing?fields=*                                          l rr  AA  AA A A
GET  wagtailadmin_api:pages:listing?type=courses.QuizPage&fields=questions            l rr  AA  AA A A
GET  wagtailadmin_api:pages:detail draft                                              l rr  Ah  hA h A
GET  wagtailadmin_api:pages:detail draft_quiz                                         l rr  Ah  hA h A
GET  wagtailadmin_api:pages:detail quiz                                               l rr  Ah  hA h A
GET  wagtailadmin_api:pages:find?id={draft}                                           l rr  Ah  hA h A
POST wagtailadmin_api:pages:action draft_lesson,delete                                l rr  Wh  hr h W
POST wagtailadmin_api:pages:action draft_lesson,publish                               l rr  rh  hr h W
POST wagtailadmin_api:pages:action draft_lesson,copy <copy_by_api                     l rr  rh  hr h W
POST wagtailadmin_api:pages:action lesson,unpublish                                   l rr  rh  hr h W
POST wagtailadmin_api:pages:action draft_lesson,move <move_by_api                     l rr  rh  hr h r
POST wagtailadmin_api:pages:action draft_lesson,create_alias <alias_by_api            l rr  rh  hr h W
POST wagtailadmin_api:pages:action draft_lesson,revert_to_page_revision <revert_by_api  l rr  Wh  hr h W
POST wagtailadmin_api:pages:action fresh,copy_for_translation <french_by_api          l rr  hh  hr h r
POST wagtailadmin_api:pages:action french_course,convert_alias                        l rr  Wh  Wr h W

# Who else is editing.
POST wagtailadmin_editing_sessions:ping wagtailcore,page,draft_lesson,1               l rr  Ah  hh h A
POST wagtailadmin_editing_sessions:release 1                                          l rr  AA  AA A A
POST wagtailadmin_block_preview                                                       l rr  mm  mm m m
GET  wagtailadmin_block_preview                                                       l rr  hh  hh h h
"""
