"""The website: pages of the tree (``page:`` and the page's name in the school) and the addresses beside them."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  page:home                                                                        A AA  AA  AA A A
GET  page:catalogue                                                                   A AA  AA  AA A A
GET  page:paths                                                                       A AA  AA  AA A A
GET  page:path                                                                        A AA  AA  AA A A
GET  page:course                                                                      A AA  AA  AA A A
POST page:course                                                                      l AW  WW  WW W W
GET  page:paid                                                                        A AA  AA  AA A A
POST page:paid                                                                        l Ar  rr  rr r r
GET  page:module                                                                      A AA  AA  AA A A
GET  page:lesson                                                                      r Wr  Ar  rr r A
POST page:lesson                                                                      r Wr  Ar  rr r A
POST page:lesson <self_check +key                                                     r Ar  Ar  rr r A
POST page:lesson <says_watched                                                        r Wr  Ar  rr r A
GET  page:fresh_lesson                                                                r rr  rr  rr r A
POST page:lesson <a_note                                                              r Wr  Wr  rr r W
POST page:lesson <a_question                                                          r Wr  Wr  rr r W
POST page:lesson <hide_reply                                                          r ir  Wr  rr r W
POST page:fresh_lesson                                                                r rr  rr  rr r A
GET  page:quiz                                                                        r Wr  Ar  rr r A
POST page:quiz                                                                        r Ar  rr  rr r r
GET  page:draft                                                                       h hh  hh  hh h h
POST page:draft                                                                       h hh  hh  hh h h
GET  page:draft_lesson                                                                h hh  hh  hh h h
POST page:draft_lesson                                                                h hh  hh  hh h h
GET  page:draft_quiz                                                                  h hh  hh  hh h h
POST page:draft_quiz                                                                  h hh  hh  hh h h
GET  page:sent                                                                        h hh  hh  hh h h

GET  root                                                                             A AA  AA  AA A A
GET  robots                                                                           A AA  AA  AA A A
GET  sitemap                                                                          A AA  AA  AA A A
# Files of videos: who asks is said by the link.
GET  free_video_file free_video_uid,master.m3u8                                       A AA  AA  AA A A
GET  free_video_file video_uid,master.m3u8                                            h hh  hh  hh h h
GET  video_poster video_uid,webp                                                      A AA  AA  AA A A
GET  video_file video_token,144p.mp4                                                  A AA  AA  AA A A
GET  video_file copy_token,144p.mp4                                                   A AA  AA  AA A A
GET  video_file copy_token,360p.mp4                                                   h hh  hh  hh h h
GET  video_file copy_token,master.m3u8                                                h hh  hh  hh h h
GET  video_file bound_video_token,144p.mp4                                            r rr  rr  rr r r
GET  video_file nosuchtoken,144p.mp4                                                  r rr  rr  rr r r
POST home:download_video video_uid <rendition                                         l Ar  Ar  rA r A
# Providers of payments only; who they are, a signature or the address says.
GET  webhook stripe                                                                   m mm  mm  mm m m
# Cloudinary's notices: a signature says who sends them, and nobody here has its key.
GET  cloudinary_webhook                                                               m mm  mm  mm m m
POST cloudinary_webhook                                                               l ll  ll  ll l l
POST preferences <language                                                            A WW  WW  WW W W
POST preferences <saver                                                               A WW  WW  WW W W
GET  home:suggestions?q=okra                                                          A AA  AA  AA A A
GET  home:suggestions?q=millet                                                        A AA  AA  AA A A
GET  home:dashboard                                                                   l AA  AA  AA A A
GET  home:profile                                                                     l AA  AA  AA A A
POST home:profile <profile                                                            l WW  WW  WW W W
GET  home:notes                                                                       l AA  AA  AA A A
GET  home:all_notes                                                                   l Ah  hh  hh h h
GET  home:notes_of_course open_course_key                                             l Ah  hh  hh h h
GET  home:thread thread_uid                                                           l Ah  Ah  hh h A
GET  home:thread learner_uid                                                          l hh  hh  hh h h
GET  home:notifications                                                               l AA  AA  AA A A
POST home:notifications                                                               l WA  AA  AA A A
POST home:notifications <notice                                                       l WA  AA  AA A A
GET  home:notification_preferences                                                    l AA  AA  AA A A
POST home:notification_preferences <choices                                           l WW  WW  WW W W
GET  home:unsubscribe leave_token                                                     A AA  AA  AA A A
POST home:unsubscribe leave_token                                                     W WW  WW  WW W W
GET  home:unsubscribe nosuchtoken                                                     h hh  hh  hh h h
POST home:unsubscribe nosuchtoken                                                     h hh  hh  hh h h
# The shop.
GET  home:cart                                                                        A AA  AA  AA A A
POST home:cart <buy                                                                   W rW  WW  WW W W
POST home:cart <cart_coupon                                                           r rr  rr  rr r r
GET  home:checkout                                                                    l AA  AA  AA A A
POST home:checkout                                                                    l AA  AA  AA A A
GET  home:orders                                                                      l AA  AA  AA A A
GET  home:order waiting_uid                                                           l Ah  hh  hh A A
GET  home:order_state paid_uid                                                        l Ah  hh  hh A A
POST home:order unpaid_uid <cancel                                                    l Wh  hh  hh W W
POST home:order paid_uid <cancel                                                      l rh  hh  hh r r
GET  home:pay_order unpaid_uid                                                        l Ah  hh  hh h h
POST home:pay_order unpaid_uid <way_to_pay                                            l ih  hh  hh h h
GET  home:wait_for_payment waiting_uid,transfer_uid                                   l Ah  hh  hh h h
POST home:wait_for_payment waiting_uid,transfer_uid <cancel                           l rh  hh  hh h h
GET  home:payment_state waiting_uid,transfer_uid                                      l Ah  hh  hh h h
GET  home:payment_return waiting_uid,transfer_uid                                     l Ah  hh  hh h h
GET  home:wait_for_payment paid_uid,transfer_uid                                      l hh  hh  hh h h
GET  home:receipt paid_uid                                                            l Ah  hh  hh A A
GET  home:receipt waiting_uid                                                         l hh  hh  hh h h
GET  home:refund paid_uid                                                             l Ah  hh  hh h h
POST home:refund paid_uid <money_back                                                 l Wh  hh  hh h h
GET  home:subscriptions                                                               A AA  AA  AA A A
POST home:subscriptions <subscribe                                                    l WW  WW  WW W W
GET  home:subscription subscription_uid                                               l Ah  hh  hh h h
POST home:subscription subscription_uid <cancel                                       l Wh  hh  hh h h
GET  home:earnings                                                                    l hh  AA  hh h A
POST home:earnings <link                                                              l hh  WW  hh h W
GET  home:earnings_csv                                                                l hh  AA  hh h A
GET  home:gift gift_token                                                             A AA  AA  AA A A
POST home:gift gift_token                                                             l ii  WW  WW W W
GET  home:gift nosuchtoken                                                            h hh  hh  hh h h
POST home:gift nosuchtoken                                                            h hh  hh  hh h h
GET  home:wishlist                                                                    l AA  AA  AA A A
POST home:wishlist <wish                                                              l WW  WW  WW W W
GET  home:bundle bundle_key                                                           A AA  AA  AA A A
GET  home:bundle learner_uid                                                          h hh  hh  hh h h
GET  home:instructor instructor_uid                                                   A AA  AA  AA A A
GET  home:instructor learner_uid                                                      h hh  hh  hh h h
GET  home:play_video video_uid                                                        m mm  mm  mm m m
POST home:play_video video_uid <play_claim                                           r Wr  Wr  rW r W
POST home:play_video free_video_uid <play_claim                                      A AA  AA  AA A A
GET  home:watched_video video_uid                                                     m mm  mm  mm m m
POST home:watched_video video_uid <watch_report                                       r Wr  Wr  rW r W
# Everybody searches what they may open.
GET  home:course_search?q=okra open_course_key                                        A AA  AA  AA A A
GET  home:course_search?q=okra fresh_key                                              A AA  AA  AA A A
GET  home:course_search?q=okra draft_key                                              h hh  hh  hh h h
GET  home:course_videos filmed_key                                                    l hh  Ah  hh h A
GET  home:course_videos learner_uid                                                   l hh  hh  hh h h
GET  home:video_statistics video_uid                                                  l hh  Ah  hh h A
GET  home:video_statistics learner_uid                                                l hh  hh  hh h h
GET  home:attempt attempt_uid                                                         l Ah  hh  hh h h
POST home:attempt attempt_uid <hand_in                                                l Wh  hh  hh h h
GET  home:attempt submitted_uid +key                                                  l Ah  hh  hh h h
GET  home:save_answer attempt_uid                                                     l mm  mm  mm m m
POST home:save_answer attempt_uid <answer                                             l Wh  hh  hh h h
POST home:save_answer submitted_uid <answer                                           l ih  hh  hh h h
GET  certificate_search                                                               A AA  AA  AA A A
GET  certificate_search?number=x                                                      A AA  AA  AA A A
GET  certificate number                                                               A AA  AA  AA A A
GET  certificate revoked_number                                                       A AA  AA  AA A A
GET  certificate nosuchnumber                                                         h hh  hh  hh h h

# Files of lessons.
GET  wagtaildocs_serve document,seeds.txt                                             h Ah  AA  AA A A
GET  wagtaildocs_authenticate_with_password 1                                         h hh  hh  hh h h
POST wagtaildocs_authenticate_with_password 1                                         h hh  hh  hh h h
GET  wagtailcore_authenticate_with_password 1,1                                       h hh  hh  hh h h
POST wagtailcore_authenticate_with_password 1,1                                       h hh  hh  hh h h
GET  wagtailcore_login                                                                A AA  AA  AA A A

# One's own account.
GET  account_login                                                                    A AA  AA  AA A A
POST account_login <log_in                                                            W AA  AA  AA A A
GET  account_signup                                                                   A AA  AA  AA A A
GET  account_logout                                                                   A AA  AA  AA A A
POST account_logout                                                                   A AA  AA  AA A A
GET  account_inactive                                                                 A AA  AA  AA A A
GET  account_reauthenticate                                                           l AA  AA  AA A A
POST account_reauthenticate <password                                                 l AA  AA  AA A A
GET  account_email                                                                    l AA  AA  AA A A
POST account_email <add_email                                                         l AA  AA  AA A A
GET  account_email_verification_sent                                                  A AA  AA  AA A A
GET  account_change_password                                                          l AA  AA  AA A A
POST account_change_password <change_password                                         l WW  WW  WW W W
GET  account_set_password                                                             l AA  AA  AA A A
GET  account_reset_password                                                           A AA  AA  AA A A
GET  account_reset_password_done                                                      A AA  AA  AA A A
GET  account_reset_password_from_key 1,nosuchkey                                      A AA  AA  AA A A
GET  account_reset_password_from_key_done                                             A AA  AA  AA A A
GET  account_confirm_login_code                                                       l AA  AA  AA A A
GET  account_confirm_email nosuchkey                                                  A AA  AA  AA A A
POST account_confirm_email nosuchkey                                                  h hh  hh  hh h h
GET  mfa_index                                                                        l AA  AA  AA A A
GET  mfa_authenticate                                                                 l AA  AA  AA A A
GET  mfa_reauthenticate                                                               l AA  AA  AA A A
GET  mfa_activate_totp                                                                l AA  AA  AA A A
GET  mfa_deactivate_totp                                                              l hh  hh  hh h h
GET  mfa_view_recovery_codes                                                          l hh  hh  hh h h
GET  mfa_generate_recovery_codes                                                      l AA  AA  AA A A
GET  mfa_download_recovery_codes                                                      l hh  hh  hh h h
"""
