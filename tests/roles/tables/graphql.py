"""GraphQL: ``field argument``; refusals are the domain's own codes, what isn't there for somebody is null."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
query courses                                                                         A AA  AA  AA A A
query course course_id                                                                A AA  AA  AA A A
query course paid_id                                                                  A AA  AA  AA A A
query course draft_id                                                                 h hh  hh  hh h h
query lesson lesson_id                                                                r Ar  Ar  rr r A
query lesson fresh_lesson_id                                                          r rr  rr  rr r A
query lesson draft_lesson_id                                                          h hh  hh  hh h h
query quiz quiz_id                                                                    r Ar  Ar  rr r A
query quiz draft_quiz_id                                                              h hh  hh  hh h h
query quizAttempt attempt_uid                                                         l Ah  hh  hh h h
query quizAttempt submitted_uid +key                                                  l Ah  hh  hh h h
query learningPaths                                                                   A AA  AA  AA A A
query learningPath way                                                                A AA  AA  AA A A
query me                                                                              h AA  AA  AA A A
query certificate number                                                              A AA  AA  AA A A
query certificate revoked_number                                                      A AA  AA  AA A A
query certificate nosuchnumber                                                        h hh  hh  hh h h
# Whoever holds a token sees the draft, as far as the one it was made for may; never what is right.
query preview lesson_token +draft                                                     A AA  AA  AA A A
query preview quiz_token +draft                                                       A AA  AA  AA A A
query preview others_token                                                            h hh  hh  hh h h
query preview nosuchtoken                                                             h hh  hh  hh h h
query notesMarkdown                                                                   l AA  AA  AA A A
query notifications                                                                   l AA  AA  AA A A
query unreadNotificationCount                                                         l AA  AA  AA A A
query notificationPreferences                                                         l AA  AA  AA A A
query offer paid_offer_uid                                                            A AA  AA  AA A A
query offer plan_offer_uid                                                            A AA  AA  AA A A
query offer draft_offer_uid                                                           h hh  hh  hh h h
query cart guest_token                                                                A AA  AA  AA A A
query paymentMethods                                                                  A AA  AA  AA A A
query orders                                                                          l AA  AA  AA A A
query order unpaid_uid                                                                l Ah  hh  hh h h
query order paid_uid                                                                  l Ah  hh  hh h h
query refundable paid_uid                                                             l Ah  hh  hh h h
query plans                                                                           A AA  AA  AA A A
query subscriptions                                                                   l AA  AA  AA A A
query planChange subscription_uid                                                     l rh  hh  hh h h
query wishlist                                                                        l AA  AA  AA A A
query videoStatistics video_uid                                                       l hh  Ah  hh h A
query earnings                                                                        l hh  AA  hh h A

mutation enrollInCourse course_id                                                     l AW  WW  WW W W
mutation enrollInCourse paid_id                                                       l Ar  rr  rr r r
mutation enrollInCourse draft_id                                                      l hh  hh  hh h h
mutation openLesson lesson_id                                                         l Wr  Ar  rr r A
mutation openLesson fresh_lesson_id                                                   l rr  rr  rr r A
mutation openLesson draft_lesson_id                                                   l hh  hh  hh h h
mutation completeLesson lesson_id                                                     l Wr  Ar  rr r A
mutation completeLesson fresh_lesson_id                                               l rr  rr  rr r A
mutation completeLesson draft_lesson_id                                               l hh  hh  hh h h
mutation startQuizAttempt quiz_id                                                     l Ar  rr  rr r r
mutation startQuizAttempt draft_quiz_id                                               l hh  hh  hh h h
mutation saveAnswer attempt_uid                                                       l Wh  hh  hh h h
mutation saveAnswer submitted_uid                                                     l rh  hh  hh h h
mutation submitQuizAttempt attempt_uid +key                                           l Wh  hh  hh h h
mutation submitQuizAttempt submitted_uid +key                                         l Ah  hh  hh h h
# A reviewer watches what they review.
mutation grantPlayback video_uid                                                      l Wr  Wr  rW r W
mutation grantPlayback free_video_uid                                                 A AA  AA  AA A A
mutation renewPlayback video_uid                                                      l Wr  Wr  rW r W
mutation downloadVideo video_uid                                                      l Ar  Ar  rA r A
mutation setDataSaver                                                                 l WW  WW  WW W W
mutation endPlayback video_uid                                                        l AA  AA  AA A A
# Authors and reviewers leave no trace; of what is free, who made it.
mutation reportWatch video_uid                                                        l Wr  Wr  rW r W
mutation reportWatch free_video_uid                                                   l WW  WW  WW W W
mutation checkSelfCheck lesson_id +key                                                r Ar  Ar  rr r A
mutation addBookmark filmed_lesson_id                                                 l Wr  Wr  rr r W
mutation removeBookmark bookmark_uid                                                  l Wh  hh  hh h h
mutation saveNote lesson_id                                                           l Wr  Wr  rr r W
mutation removeNote note_uid                                                          l Wh  hh  hh h h
mutation openThread lesson_id                                                         l Wr  Wr  rr r W
mutation openThread draft_lesson_id                                                   l hh  hh  hh h h
mutation replyToThread thread_uid                                                     l Wr  Wr  rr r W
mutation editComment question_uid                                                     l Wr  rr  rr r r
mutation removeComment question_uid                                                   l Wr  rr  rr r r
mutation reportComment reply_uid                                                      l Wr  Wr  rr r W
mutation hideComment reply_uid                                                        l rr  Wr  rr r W
mutation restoreComment reply_uid                                                     l rr  Wr  rr r W
mutation markAnswered reply_uid                                                       l rr  Wr  rr r W
# Ids of others are passed over in silence.
mutation markNotificationsRead notice_uid                                             l WA  AA  AA A A
mutation setNotificationPreference payment_reminders                                  l WW  WW  WW W W
mutation setNotificationPreference receipts                                           l rr  rr  rr r r

# The shop. Guests have carts; a cart is its owner's, or whose token opens it.
mutation addToCart paid_offer_uid                                                     W rW  WW  WW W W
mutation addToCart draft_offer_uid                                                    r rr  rr  rr r r
mutation removeFromCart guest_line,guest_token                                        W WW  WW  WW W W
mutation removeFromCart others_line,nosuchtoken                                       h hh  hh  hh h h
mutation applyCoupon guest_token                                                      W WW  WW  WW W W
mutation applyCoupon nosuchtoken                                                      h rh  hh  hh h h
mutation checkout guest_token                                                         l WW  WW  WW W W
mutation payOrder unpaid_uid                                                          l rh  hh  hh h h
mutation payOrder paid_uid                                                            l rh  hh  hh h h
mutation checkPayment transfer_uid                                                    l Ah  hh  hh h h
mutation cancelPayment transfer_uid                                                   l rh  hh  hh h h
mutation cancelOrder unpaid_uid                                                       l Wh  hh  hh h h
mutation cancelOrder paid_uid                                                         l rh  hh  hh h h
mutation requestRefund paid_uid                                                       l Wh  hh  hh h h
mutation requestRefund unpaid_uid                                                     l rh  hh  hh h h
mutation claimGift gift_token                                                         l rr  WW  WW W W
mutation claimGift nosuchtoken                                                        l hh  hh  hh h h
mutation addWish course_id                                                            l WW  WW  WW W W
mutation addWish draft_id                                                             l hh  hh  hh h h
mutation removeWish paid_id                                                           l WA  AA  AA A A
mutation subscribe plan_offer_uid                                                     l WW  WW  WW W W
mutation subscribe paid_offer_uid                                                     l rr  rr  rr r r
mutation cancelSubscription subscription_uid                                          l Wh  hh  hh h h
mutation pauseSubscription subscription_uid                                           l rh  hh  hh h h
mutation resumeSubscription subscription_uid                                          l rh  hh  hh h h
mutation changePlan subscription_uid                                                  l rh  hh  hh h h
mutation changeSubscriptionMethod subscription_uid                                    l Wh  hh  hh h h
mutation openCardPage subscription_uid                                                l rh  hh  hh h h
mutation savePayoutAccount bank                                                       l rr  WW  rr r W
mutation createReferralLink                                                           l rr  WW  rr r W
mutation switchReferralLink link_uid                                                  l hh  Wh  hh h h
"""
