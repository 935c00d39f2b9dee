"""The authors' own screens, translations, reports, review, settings, operators' screens, one's own account."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  courses_admin:index                                                              l rr  AA  rA r A
GET  courses_admin:new                                                                l rr  AA  rr r A
POST courses_admin:new <new_course                                                    l rr  WW  rr r W
GET  courses_admin:overview draft                                                     l rr  Ar  rA r A
GET  courses_admin:overview sent                                                      l rr  Ar  rA r A
GET  courses_admin:overview others                                                    l rr  rA  rA r A
GET  courses_admin:reorder draft                                                      l rr  mm  mm m m
POST courses_admin:reorder draft <reorder                                             l rr  Wr  rr r W
GET  courses_admin:send draft                                                         l rr  mm  mm m m
POST courses_admin:send fit                                                           l rr  Wr  rr r W
GET  courses_admin:withdraw sent                                                      l rr  mm  mm m m
POST courses_admin:withdraw sent                                                      l rr  Wr  rW r W
GET  courses_admin:answer sent                                                        l rr  mm  mm m m
POST courses_admin:answer sent <approve                                               l rr  rr  rW r r
POST courses_admin:answer sent <ask_changes                                           l rr  rr  rW r r
GET  courses_admin:people draft                                                       l rr  Ar  rr r A
POST courses_admin:people draft <member                                               l rr  Wr  rr r W
GET  courses_admin:remove_person draft,member                                         l rr  mm  mm m m
POST courses_admin:remove_person draft,member                                         l rr  Wr  rr r W

GET  wagtail_localize:javascript_catalog                                              l rr  AA  AA A A
GET  wagtail_localize:submit_page_translation fresh                                   l rr  rr  Ar r A
POST wagtail_localize:submit_page_translation fresh <translate                        l rr  rr  Wr r W
GET  wagtail_localize:submit_page_translation draft                                   l rr  rr  rr r A
POST wagtail_localize:submit_page_translation draft <translate                        l rr  rr  rr r W
GET  wagtail_localize:submit_snippet_translation courses,=category,category           l rr  rr  Ar r A
POST wagtail_localize:submit_snippet_translation courses,=category,category <translate  l rr  rr  Wr r W
GET  wagtail_localize:update_translations translation_source                          l rr  rr  Ar r A
POST wagtail_localize:update_translations translation_source                          l rr  rr  Wr r W
GET  wagtail_localize:edit_string_translation translation,string_segment              l rr  mm  mm m m
PUT  wagtail_localize:edit_string_translation translation,string_segment <string      l rr  Wr  Wr r W
GET  wagtail_localize:edit_override lesson_translation,override                       l rr  mm  mm m m
PUT  wagtail_localize:edit_override lesson_translation,override <override             l rr  Wr  Wr r W
GET  wagtail_localize:download_pofile translation +key                                l rr  Ar  Ar r A
GET  wagtail_localize:upload_pofile translation                                       l rr  mm  mm m m
POST wagtail_localize:upload_pofile translation <po                                   l rr  Ar  Ar r A
POST wagtail_localize:machine_translate translation                                   l rr  hh  hh h h
GET  wagtail_localize:preview_translation translation                                 l rr  Ar  Ar r A
GET  wagtail_localize:preview_translation lesson_translation                          l rr  Ar  Ar r A
GET  wagtail_localize:preview_translation translation,headless                        l rr  hr  hr r h
POST wagtail_localize:stop_translation translation                                    l rr  Wr  Wr r W
GET  wagtail_localize:convert_to_alias french_quiz                                    l rr  Ar  Ar r A
POST wagtail_localize:convert_to_alias french_quiz                                    l rr  Wr  Wr r W
GET  wagtail_localize:translations_report                                             l rr  AA  AA A A
GET  wagtail_localize:translations_report_results                                     l rr  AA  AA A A
GET  wagtail_localize:snippets_api_listing courses,=category                          l rr  AA  AA A A
GET  wagtail_localize:snippets_api_detail courses,=category,category                  l rr  AA  AA A A

GET  wagtailadmin_reports:locked_pages                                                l rr  rr  rA r A
GET  wagtailadmin_reports:locked_pages_results                                        l rr  rr  rA r A
GET  wagtailadmin_reports:workflow                                                    l rr  AA  Ar r A
GET  wagtailadmin_reports:workflow_results                                            l rr  AA  Ar r A
GET  wagtailadmin_reports:workflow_tasks                                              l rr  AA  Ar r A
GET  wagtailadmin_reports:workflow_tasks_results                                      l rr  AA  Ar r A
GET  wagtailadmin_reports:site_history                                                l rr  AA  AA A A
GET  wagtailadmin_reports:site_history_results                                        l rr  AA  AA A A
GET  wagtailadmin_reports:aging_pages                                                 l rr  AA  Ar r A
GET  wagtailadmin_reports:aging_pages_results                                         l rr  AA  Ar r A
GET  wagtailadmin_reports:page_types_usage                                            l rr  rr  rr r A
GET  wagtailadmin_reports:page_types_usage_results                                    l rr  rr  rr r A

GET  wagtailadmin_workflows:index                                                     l rr  rr  rr r A
GET  wagtailadmin_workflows:index_results                                             l rr  rr  rr r A
GET  wagtailadmin_workflows:add                                                       l rr  rr  rr r A
POST wagtailadmin_workflows:add <workflow                                             l rr  rr  rr r W
GET  wagtailadmin_workflows:edit workflow                                             l rr  rr  rr r A
POST wagtailadmin_workflows:edit workflow <workflow                                   l rr  rr  rr r W
POST wagtailadmin_workflows:enable idle_workflow                                      l rr  rr  rr r W
GET  wagtailadmin_workflows:disable workflow                                          l rr  rr  rr r A
POST wagtailadmin_workflows:disable workflow                                          l rr  rr  rr r W
GET  wagtailadmin_workflows:usage workflow                                            l rr  rr  rr r A
GET  wagtailadmin_workflows:usage_results workflow                                    l rr  rr  rr r A
GET  wagtailadmin_workflows:remove catalogue                                          l rr  mm  mm m m
POST wagtailadmin_workflows:remove catalogue,workflow                                 l rr  rr  rr r W
GET  wagtailadmin_workflows:add_task wagtailcore,groupapprovaltask                    l rr  rr  rr r A
POST wagtailadmin_workflows:add_task wagtailcore,groupapprovaltask <task              l rr  rr  rr r W
GET  wagtailadmin_workflows:select_task_type                                          l rr  rr  rr r A
GET  wagtailadmin_workflows:task_index                                                l rr  rr  rr r A
GET  wagtailadmin_workflows:task_index_results                                        l rr  rr  rr r A
GET  wagtailadmin_workflows:edit_task task                                            l rr  rr  rr r A
POST wagtailadmin_workflows:edit_task task <task                                      l rr  rr  rr r W
GET  wagtailadmin_workflows:disable_task task                                         l rr  rr  rr r A
POST wagtailadmin_workflows:disable_task task                                         l rr  rr  rr r W
POST wagtailadmin_workflows:enable_task idle_task                                     l rr  rr  rr r W
GET  wagtailadmin_workflows:task_chooser                                              l rr  AA  AA A A
GET  wagtailadmin_workflows:task_chooser_results                                      l rr  AA  AA A A
GET  wagtailadmin_workflows:task_chooser_create                                       l rr  AA  AA A A
POST wagtailadmin_workflows:task_chooser_create <task_chosen                          l rr  ii  ii i W
GET  wagtailadmin_workflows:task_chosen task                                          l rr  AA  AA A A

GET  wagtailredirects:index                                                           l rr  rr  rr r A
GET  wagtailredirects:index_results                                                   l rr  rr  rr r A
GET  wagtailredirects:add                                                             l rr  rr  rr r A
POST wagtailredirects:add <redirect                                                   l rr  rr  rr r A
GET  wagtailredirects:edit redirect                                                   l rr  rr  rr r A
POST wagtailredirects:edit redirect <redirect                                         l rr  rr  rr r A
GET  wagtailredirects:delete redirect                                                 l rr  rr  rr r A
POST wagtailredirects:delete redirect                                                 l rr  rr  rr r W
GET  wagtailredirects:start_import                                                    l rr  rr  rr r A
POST wagtailredirects:start_import                                                    l rr  rr  rr r A
GET  wagtailredirects:process_import                                                  l rr  rr  rr r m

GET  wagtaillocales:index                                                             l rr  rr  rr r A
GET  wagtaillocales:index_results                                                     l rr  rr  rr r A
GET  wagtaillocales:add                                                               l rr  rr  rr r A
POST wagtaillocales:add                                                               l rr  rr  rr r A
GET  wagtaillocales:edit french                                                       l rr  rr  rr r A
POST wagtaillocales:edit french                                                       l rr  rr  rr r A
GET  wagtaillocales:delete french                                                     l rr  rr  rr r A
POST wagtaillocales:delete french                                                     l rr  rr  rr r A
GET  wagtaillocales:history french                                                    l rr  rr  rr r A
GET  wagtaillocales:history_results french                                            l rr  rr  rr r A
GET  wagtaillocales:usage french                                                      l rr  rr  rr r A
GET  wagtaillocales:copy french                                                       l rr  rr  rr r A

GET  wagtailsites:index                                                               l rr  rr  rr r A
GET  wagtailsites:index_results                                                       l rr  rr  rr r A
GET  wagtailsites:add                                                                 l rr  rr  rr r A
POST wagtailsites:add <site                                                           l rr  rr  rr r W
GET  wagtailsites:edit site                                                           l rr  rr  rr r A
POST wagtailsites:edit site <site_changed                                             l rr  rr  rr r W
GET  wagtailsites:delete site                                                         l rr  rr  rr r A
POST wagtailsites:delete site                                                         l rr  rr  rr r W
GET  wagtailsites:history site                                                        l rr  rr  rr r A
GET  wagtailsites:history_results site                                                l rr  rr  rr r A
GET  wagtailsites:usage site                                                          l rr  rr  rr r A
GET  wagtailsites:copy site                                                           l rr  rr  rr r A

GET  comments:index                                                                   l rr  AA  rr r A
GET  comments:index_results                                                           l rr  AA  rr r A
GET  comments:look reply_uid                                                          l rr  Ah  rr r A
POST comments:look reply_uid <hide_it                                                 l rr  Wh  rr r W

GET  outbox:index                                                                     l rr  rr  rr r A
GET  outbox:index_results                                                             l rr  rr  rr r A
GET  outbox:inspect delivery                                                          l rr  rr  rr r A
GET  outbox:retry delivery                                                            l rr  rr  rr r A
POST outbox:retry delivery                                                            l rr  rr  rr r W
GET  audit_log:index                                                                  l rr  rr  rr r A
GET  audit_log:index_results                                                          l rr  rr  rr r A
GET  audit_log:inspect audit_entry                                                    l rr  rr  rr r A

GET  wagtailsettings:edit courses,nosuchsetting                                       l rr  hh  hh h h
GET  wagtailsettings:edit courses,nosuchsetting,1                                     l rr  hh  hh h h
GET  wagtailsettings:preview_on_edit courses,nosuchsetting,1                          l rr  hh  hh h h
GET  wagtailforms:index                                                               l rr  AA  AA r A
GET  wagtailforms:index_results                                                       l rr  AA  AA r A
GET  wagtailforms:list_submissions course                                             l rr  hh  hh h h
GET  wagtailforms:list_submissions_results course                                     l rr  hh  hh h h
GET  wagtailforms:delete_submissions course                                           l rr  rr  rr r r
POST wagtailforms:delete_submissions course                                           l rr  rr  rr r r

GET  wagtailadmin_home                                                                l rr  AA  AA A A
GET  wagtailadmin_account                                                             l rr  WW  WA W W
POST wagtailadmin_account <preferences                                                l rr  WW  WA W W
PATCH wagtailadmin_dismissibles <dismissed                                            l rr  WW  WW W W
GET  /admin/test404/                                                                  l rr  AA  AA A A
GET  /admin/nowhere/                                                                  l rr  hh  hh h h
GET  wagtail_modeladmin:javascript_catalog                                            l rr  AA  AA A A

# What everybody may load: the log-in, and what the log-in page is made of.
GET  wagtailadmin_login                                                               l AA  AA  AA A A
GET  wagtailadmin_logout                                                              l ll  mm  mm m m
POST wagtailadmin_logout                                                              l ll  ll  ll l l
GET  wagtailadmin_password_reset                                                      h rr  hh  hh h h
GET  wagtailadmin_password_reset_done                                                 h rr  hh  hh h h
GET  wagtailadmin_password_reset_confirm x,y                                          h rr  hh  hh h h
GET  wagtailadmin_password_reset_complete                                             h rr  hh  hh h h
GET  wagtailadmin_sprite                                                              A rr  AA  AA A A
GET  wagtailadmin_javascript_catalog                                                  A rr  AA  AA A A
"""
