"""REST, health and the apps' log-in. Everybody but the anonymous sends the access token that they logged in for."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  healthz                                                                          A AA  AA  AA A A
GET  readyz                                                                           A AA  AA  AA A A
GET  openapi                                                                          A AA  AA  AA A A
GET  graphql                                                                          i ii  ii  ii i i
GET  certificate_pdf number                                                           A AA  AA  AA A A
GET  certificate_pdf nosuchnumber                                                     h hh  hh  hh h h
GET  document document                                                                h Ah  AA  AA A A
POST document document                                                                m mm  mm  mm m m
GET  invoice_pdf invoice_uid                                                          h Ah  hh  hh A A
GET  invoice_pdf learner_uid                                                          h hh  hh  hh h h
GET  earnings_csv                                                                     l hh  AA  hh h A
POST payment_proofs transfer_uid <slip                                                l Wh  hh  hh h h
GET  uploads                                                                          l rr  AA  rr r A
POST uploads <upload                                                                  l rr  WW  rr r W
GET  upload upload_uid                                                                l rr  Ah  rr r h
PATCH upload upload_uid                                                               l rr  ih  rr r h
DELETE upload upload_uid                                                              l rr  ih  rr r h
GET  upload_parts upload_uid                                                          l rr  ih  rr r h
POST upload_complete upload_uid                                                       l rr  ih  rr r h

GET  headless:app:config                                                              A AA  AA  AA A A
GET  headless:app:account:current_session                                             l AA  AA  AA A A
DELETE headless:app:account:current_session                                           l ll  ll  ll l l
POST headless:app:account:reauthenticate <password                                    l AA  AA  AA A A
POST headless:app:account:confirm_login_code                                          i ii  ii  ii i i
POST headless:app:account:request_password_reset                                      i ii  ii  ii i i
POST headless:app:account:reset_password                                              i ii  ii  ii i i
POST headless:app:account:login                                                       i ii  ii  ii i i
POST headless:app:account:signup                                                      i ii  ii  ii i i
POST headless:app:account:verify_email                                                i ii  ii  ii i i
POST headless:app:account:resend_email_verification_code                              i ii  ii  ii i i
POST headless:app:account:verify_phone                                                h hh  hh  hh h h
POST headless:app:account:resend_phone_verification_code                              h hh  hh  hh h h
POST headless:app:account:change_password <app_password                               l WW  WW  WW W W
GET  headless:app:account:manage_email                                                l AA  AA  AA A A
POST headless:app:account:manage_email <app_email                                     i ll  ll  ll l l
GET  headless:app:account:manage_phone                                                h hh  hh  hh h h
POST headless:app:account:manage_phone                                                h hh  hh  hh h h
POST headless:app:mfa:authenticate                                                    l ll  ll  ll l l
POST headless:app:mfa:reauthenticate                                                  l ii  ii  ii i i
GET  headless:app:mfa:authenticators                                                  l AA  AA  AA A A
GET  headless:app:mfa:manage_totp                                                     l hh  hh  hh h h
POST headless:app:mfa:manage_totp                                                     l ii  ii  ii i i
GET  headless:app:mfa:manage_recovery_codes                                           l hh  hh  hh h h
POST headless:app:tokens:refresh                                                      i ii  ii  ii i i
"""
