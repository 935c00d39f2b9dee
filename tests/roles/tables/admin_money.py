"""Money in the admin: payments, what goes back, the bank's side, documents, the books.

``transfer`` is a payment by bank transfer, which the tests' school has not set up: asking about it is refused kindly.
"""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  commerce_paymentattempt_modeladmin_index                                    l rr  rr  rr A A
GET  commerce_paymentattempt_modeladmin_create                                   l rr  rr  rr r r
POST commerce_paymentattempt_modeladmin_create                                   l rr  rr  rr r r
GET  commerce_paymentattempt_modeladmin_edit transfer                            l rr  rr  rr r r
POST commerce_paymentattempt_modeladmin_edit transfer                            l rr  rr  rr r r
GET  commerce_paymentattempt_modeladmin_delete transfer                          l rr  rr  rr r r
POST commerce_paymentattempt_modeladmin_delete transfer                          l rr  rr  rr r r
GET  commerce_paymentattempt_modeladmin_inspect transfer                         l rr  rr  rr A A
GET  commerce_providereventrecord_modeladmin_index                               l rr  rr  rr A A
GET  commerce_providereventrecord_modeladmin_create                              l rr  rr  rr r r
POST commerce_providereventrecord_modeladmin_create                              l rr  rr  rr r r
GET  commerce_providereventrecord_modeladmin_edit message                        l rr  rr  rr r r
POST commerce_providereventrecord_modeladmin_edit message                        l rr  rr  rr r r
GET  commerce_providereventrecord_modeladmin_delete message                      l rr  rr  rr r r
POST commerce_providereventrecord_modeladmin_delete message                      l rr  rr  rr r r
GET  commerce_providereventrecord_modeladmin_inspect message                     l rr  rr  rr A A
GET  commerce_refund_modeladmin_index                                            l rr  rr  rr A A
GET  commerce_refund_modeladmin_create                                           l rr  rr  rr r r
POST commerce_refund_modeladmin_create                                           l rr  rr  rr r r
GET  commerce_refund_modeladmin_edit asked_refund                                l rr  rr  rr r r
POST commerce_refund_modeladmin_edit asked_refund                                l rr  rr  rr r r
GET  commerce_refund_modeladmin_delete asked_refund                              l rr  rr  rr r r
POST commerce_refund_modeladmin_delete asked_refund                              l rr  rr  rr r r
GET  commerce_refund_modeladmin_inspect asked_refund                             l rr  rr  rr A A
GET  commerce_chargeback_modeladmin_index                                        l rr  rr  rr r A
GET  commerce_chargeback_modeladmin_create                                       l rr  rr  rr r r
POST commerce_chargeback_modeladmin_create                                       l rr  rr  rr r r
GET  commerce_chargeback_modeladmin_edit chargeback                              l rr  rr  rr r r
POST commerce_chargeback_modeladmin_edit chargeback                              l rr  rr  rr r r
GET  commerce_chargeback_modeladmin_delete chargeback                            l rr  rr  rr r r
POST commerce_chargeback_modeladmin_delete chargeback                            l rr  rr  rr r r
GET  commerce_chargeback_modeladmin_inspect chargeback                           l rr  rr  rr r A
GET  commerce_statementimport_modeladmin_index                                   l rr  rr  rr r A
GET  commerce_statementimport_modeladmin_create                                  l rr  rr  rr r A
POST commerce_statementimport_modeladmin_create <statement                       l rr  rr  rr r W
GET  commerce_statementimport_modeladmin_edit bank_statement                     l rr  rr  rr r r
POST commerce_statementimport_modeladmin_edit bank_statement                     l rr  rr  rr r r
GET  commerce_statementimport_modeladmin_delete bank_statement                   l rr  rr  rr r r
POST commerce_statementimport_modeladmin_delete bank_statement                   l rr  rr  rr r r
GET  commerce_statementimport_modeladmin_inspect bank_statement                  l rr  rr  rr r A
GET  commerce_statementline_modeladmin_index                                     l rr  rr  rr r A
GET  commerce_statementline_modeladmin_create                                    l rr  rr  rr r r
POST commerce_statementline_modeladmin_create                                    l rr  rr  rr r r
GET  commerce_statementline_modeladmin_edit line                                 l rr  rr  rr r r
POST commerce_statementline_modeladmin_edit line                                 l rr  rr  rr r r
GET  commerce_statementline_modeladmin_delete line                               l rr  rr  rr r r
POST commerce_statementline_modeladmin_delete line                               l rr  rr  rr r r
GET  commerce_statementline_modeladmin_inspect line                              l rr  rr  rr r A
GET  commerce_reconciliationrun_modeladmin_index                                 l rr  rr  rr r A
GET  commerce_reconciliationrun_modeladmin_create                                l rr  rr  rr r A
POST commerce_reconciliationrun_modeladmin_create <compare                       l rr  rr  rr r W
GET  commerce_reconciliationrun_modeladmin_edit comparison                       l rr  rr  rr r r
POST commerce_reconciliationrun_modeladmin_edit comparison                       l rr  rr  rr r r
GET  commerce_reconciliationrun_modeladmin_delete comparison                     l rr  rr  rr r r
POST commerce_reconciliationrun_modeladmin_delete comparison                     l rr  rr  rr r r
GET  commerce_reconciliationrun_modeladmin_inspect comparison                    l rr  rr  rr r A
GET  commerce_discrepancy_modeladmin_index                                       l rr  rr  rr r A
GET  commerce_discrepancy_modeladmin_create                                      l rr  rr  rr r r
POST commerce_discrepancy_modeladmin_create                                      l rr  rr  rr r r
GET  commerce_discrepancy_modeladmin_edit difference                             l rr  rr  rr r r
POST commerce_discrepancy_modeladmin_edit difference                             l rr  rr  rr r r
GET  commerce_discrepancy_modeladmin_delete difference                           l rr  rr  rr r r
POST commerce_discrepancy_modeladmin_delete difference                           l rr  rr  rr r r
GET  commerce_discrepancy_modeladmin_inspect difference                          l rr  rr  rr r A
GET  commerce_invoice_modeladmin_index                                           l rr  rr  rr A A
GET  commerce_invoice_modeladmin_create                                          l rr  rr  rr r r
POST commerce_invoice_modeladmin_create                                          l rr  rr  rr r r
GET  commerce_invoice_modeladmin_edit invoice                                    l rr  rr  rr r r
POST commerce_invoice_modeladmin_edit invoice                                    l rr  rr  rr r r
GET  commerce_invoice_modeladmin_delete invoice                                  l rr  rr  rr r r
POST commerce_invoice_modeladmin_delete invoice                                  l rr  rr  rr r r
GET  commerce_invoice_modeladmin_inspect invoice                                 l rr  rr  rr A A
GET  commerce_subscription_modeladmin_index                                      l rr  rr  rr A A
GET  commerce_subscription_modeladmin_create                                     l rr  rr  rr r r
POST commerce_subscription_modeladmin_create                                     l rr  rr  rr r r
GET  commerce_subscription_modeladmin_edit subscription                          l rr  rr  rr r r
POST commerce_subscription_modeladmin_edit subscription                          l rr  rr  rr r r
GET  commerce_subscription_modeladmin_delete subscription                        l rr  rr  rr r r
POST commerce_subscription_modeladmin_delete subscription                        l rr  rr  rr r r
GET  commerce_subscription_modeladmin_inspect subscription                       l rr  rr  rr A A
GET  commerce_payoutrun_modeladmin_index                                         l rr  rr  rr r A
GET  commerce_payoutrun_modeladmin_create                                        l rr  rr  rr r A
POST commerce_payoutrun_modeladmin_create <payout_currency                       l rr  rr  rr r A
GET  commerce_payoutrun_modeladmin_edit payout_run                               l rr  rr  rr r r
POST commerce_payoutrun_modeladmin_edit payout_run                               l rr  rr  rr r r
GET  commerce_payoutrun_modeladmin_delete payout_run                             l rr  rr  rr r r
POST commerce_payoutrun_modeladmin_delete payout_run                             l rr  rr  rr r r
GET  commerce_payoutrun_modeladmin_inspect payout_run                            l rr  rr  rr r A
GET  commerce_payout_modeladmin_index                                            l rr  rr  rr r A
GET  commerce_payout_modeladmin_create                                           l rr  rr  rr r r
POST commerce_payout_modeladmin_create                                           l rr  rr  rr r r
GET  commerce_payout_modeladmin_edit payout                                      l rr  rr  rr r r
POST commerce_payout_modeladmin_edit payout                                      l rr  rr  rr r r
GET  commerce_payout_modeladmin_delete payout                                    l rr  rr  rr r r
POST commerce_payout_modeladmin_delete payout                                    l rr  rr  rr r r
GET  commerce_payout_modeladmin_inspect payout                                   l rr  rr  rr r A
GET  commerce_ledgertransaction_modeladmin_index                                 l rr  rr  rr r A
GET  commerce_ledgertransaction_modeladmin_create                                l rr  rr  rr r r
POST commerce_ledgertransaction_modeladmin_create                                l rr  rr  rr r r
GET  commerce_ledgertransaction_modeladmin_edit ledger_row                       l rr  rr  rr r r
POST commerce_ledgertransaction_modeladmin_edit ledger_row                       l rr  rr  rr r r
GET  commerce_ledgertransaction_modeladmin_delete ledger_row                     l rr  rr  rr r r
POST commerce_ledgertransaction_modeladmin_delete ledger_row                     l rr  rr  rr r r
GET  commerce_ledgertransaction_modeladmin_inspect ledger_row                    l rr  rr  rr r A
GET  commerce_courseshare_modeladmin_index                                       l rr  rr  rr r A
GET  commerce_courseshare_modeladmin_create                                      l rr  rr  rr r A
POST commerce_courseshare_modeladmin_create <shares                              l rr  rr  rr r W
GET  commerce_courseshare_modeladmin_edit share                                  l rr  rr  rr r r
POST commerce_courseshare_modeladmin_edit share                                  l rr  rr  rr r r
GET  commerce_courseshare_modeladmin_delete share                                l rr  rr  rr r r
POST commerce_courseshare_modeladmin_delete share                                l rr  rr  rr r r
GET  commerce_courseterms_modeladmin_index                                       l rr  rr  rr r A
GET  commerce_courseterms_modeladmin_create                                      l rr  rr  rr r A
POST commerce_courseterms_modeladmin_create <terms_of_course                     l rr  rr  rr r W
GET  commerce_courseterms_modeladmin_edit terms                                  l rr  rr  rr r r
POST commerce_courseterms_modeladmin_edit terms                                  l rr  rr  rr r r
GET  commerce_courseterms_modeladmin_delete terms                                l rr  rr  rr r r
POST commerce_courseterms_modeladmin_delete terms                                l rr  rr  rr r r
GET  commerce_referrallink_modeladmin_index                                      l rr  rr  rr r A
GET  commerce_referrallink_modeladmin_create                                     l rr  rr  rr r r
POST commerce_referrallink_modeladmin_create                                     l rr  rr  rr r r
GET  commerce_referrallink_modeladmin_edit referral_link                         l rr  rr  rr r r
POST commerce_referrallink_modeladmin_edit referral_link                         l rr  rr  rr r r
GET  commerce_referrallink_modeladmin_delete referral_link                       l rr  rr  rr r r
POST commerce_referrallink_modeladmin_delete referral_link                       l rr  rr  rr r r
GET  commerce_paymentattempt_modeladmin_index?export=csv                         l rr  rr  rr A A
GET  commerce_invoice_modeladmin_index?export=xlsx                               l rr  rr  rr A A

GET  commerce_back_office:cancel_order owed_order                                l rr  rr  rr A A
POST commerce_back_office:cancel_order owed_order <reason                        l rr  rr  rr W W
GET  commerce_back_office:retry_fulfilment paid_order                            l rr  rr  rr r A
POST commerce_back_office:retry_fulfilment paid_order                            l rr  rr  rr r W
GET  commerce_back_office:request_refund paid_order                              l rr  rr  rr A A
POST commerce_back_office:request_refund paid_order <refund_asked                l rr  rr  rr W W
GET  commerce_back_office:recheck_attempt transfer                               l rr  rr  rr r A
POST commerce_back_office:recheck_attempt transfer                               l rr  rr  rr r A
GET  commerce_back_office:cancel_attempt transfer                                l rr  rr  rr r A
POST commerce_back_office:cancel_attempt transfer                                l rr  rr  rr r A
GET  commerce_back_office:accept_mismatch mismatch                               l rr  rr  rr r A
POST commerce_back_office:accept_mismatch mismatch <why                          l rr  rr  rr r W
GET  commerce_back_office:refuse_mismatch mismatch                               l rr  rr  rr r A
POST commerce_back_office:refuse_mismatch mismatch <why                          l rr  rr  rr r W
GET  commerce_back_office:retry_provider_event message                           l rr  rr  rr r A
POST commerce_back_office:retry_provider_event message                           l rr  rr  rr r W
GET  commerce_back_office:approve_refund asked_refund                            l rr  rr  rr r A
POST commerce_back_office:approve_refund asked_refund                            l rr  rr  rr r W
GET  commerce_back_office:refuse_refund asked_refund                             l rr  rr  rr r A
POST commerce_back_office:refuse_refund asked_refund                             l rr  rr  rr r W
GET  commerce_back_office:refund_given refund_by_hand                            l rr  rr  rr r A
POST commerce_back_office:refund_given refund_by_hand <receipt                   l rr  rr  rr r W
GET  commerce_back_office:refund_not_given refund_by_hand                        l rr  rr  rr r A
POST commerce_back_office:refund_not_given refund_by_hand                        l rr  rr  rr r W
GET  commerce_back_office:chargeback_won chargeback                              l rr  rr  rr r A
POST commerce_back_office:chargeback_won chargeback                              l rr  rr  rr r W
GET  commerce_back_office:chargeback_lost chargeback                             l rr  rr  rr r A
POST commerce_back_office:chargeback_lost chargeback                             l rr  rr  rr r W
GET  commerce_back_office:match_line line                                        l rr  rr  rr r A
POST commerce_back_office:match_line line <match                                 l rr  rr  rr r W
GET  commerce_back_office:ignore_line line                                       l rr  rr  rr r A
POST commerce_back_office:ignore_line line <why                                  l rr  rr  rr r W
GET  commerce_back_office:reopen_line line_aside                                 l rr  rr  rr r A
POST commerce_back_office:reopen_line line_aside                                 l rr  rr  rr r W
GET  commerce_back_office:explain difference                                     l rr  rr  rr r A
POST commerce_back_office:explain difference <why                                l rr  rr  rr r W
GET  commerce_back_office:cancel_subscription subscription                       l rr  rr  rr A A
POST commerce_back_office:cancel_subscription subscription                       l rr  rr  rr W W
GET  commerce_back_office:approve_payout_run payout_run                          l rr  rr  rr r A
POST commerce_back_office:approve_payout_run payout_run                          l rr  rr  rr r W
GET  commerce_back_office:cancel_payout_run payout_run                           l rr  rr  rr r A
POST commerce_back_office:cancel_payout_run payout_run                           l rr  rr  rr r W
GET  commerce_back_office:payout_paid payout                                     l rr  rr  rr r A
POST commerce_back_office:payout_paid payout <receipt                            l rr  rr  rr r W
GET  commerce_back_office:payout_not_paid payout                                 l rr  rr  rr r A
POST commerce_back_office:payout_not_paid payout                                 l rr  rr  rr r W
GET  commerce_back_office:shares share                                           l rr  rr  rr r A
POST commerce_back_office:shares share <shares                                   l rr  rr  rr r W
GET  commerce_back_office:terms terms                                            l rr  rr  rr r A
POST commerce_back_office:terms terms <terms_of_course                           l rr  rr  rr r W
GET  commerce_back_office:remove_terms terms                                     l rr  rr  rr r A
POST commerce_back_office:remove_terms terms                                     l rr  rr  rr r W
GET  commerce_back_office:payout_run_csv payout_run                              l rr  rr  rr r W
GET  commerce_back_office:invoice_pdf invoice                                    l rr  hh  hh A A
GET  commerce_back_office:proof proof                                            l rr  rr  rr r A

GET  commerce_money:queue                                                        l rr  rr  rr A A
GET  commerce_money:balances                                                     l rr  rr  rr r A
GET  commerce_money:report                                                       l rr  rr  rr A A
GET  commerce_money:report?export=csv                                            l rr  rr  rr A A
GET  commerce_money:report?export=xlsx                                           l rr  rr  rr A A
"""

#: The same for who keeps the books.
FINANCE_TABLE = """
# Column: finance
GET  commerce_paymentattempt_modeladmin_index                                     A
GET  commerce_paymentattempt_modeladmin_create                                    r
POST commerce_paymentattempt_modeladmin_create                                    r
GET  commerce_paymentattempt_modeladmin_edit transfer                             r
POST commerce_paymentattempt_modeladmin_edit transfer                             r
GET  commerce_paymentattempt_modeladmin_delete transfer                           r
POST commerce_paymentattempt_modeladmin_delete transfer                           r
GET  commerce_paymentattempt_modeladmin_inspect transfer                          A
GET  commerce_providereventrecord_modeladmin_index                                A
GET  commerce_providereventrecord_modeladmin_create                               r
POST commerce_providereventrecord_modeladmin_create                               r
GET  commerce_providereventrecord_modeladmin_edit message                         r
POST commerce_providereventrecord_modeladmin_edit message                         r
GET  commerce_providereventrecord_modeladmin_delete message                       r
POST commerce_providereventrecord_modeladmin_delete message                       r
GET  commerce_providereventrecord_modeladmin_inspect message                      A
GET  commerce_refund_modeladmin_index                                             A
GET  commerce_refund_modeladmin_create                                            r
POST commerce_refund_modeladmin_create                                            r
GET  commerce_refund_modeladmin_edit asked_refund                                 r
POST commerce_refund_modeladmin_edit asked_refund                                 r
GET  commerce_refund_modeladmin_delete asked_refund                               r
POST commerce_refund_modeladmin_delete asked_refund                               r
GET  commerce_refund_modeladmin_inspect asked_refund                              A
GET  commerce_chargeback_modeladmin_index                                         A
GET  commerce_chargeback_modeladmin_create                                        r
POST commerce_chargeback_modeladmin_create                                        r
GET  commerce_chargeback_modeladmin_edit chargeback                               r
POST commerce_chargeback_modeladmin_edit chargeback                               r
GET  commerce_chargeback_modeladmin_delete chargeback                             r
POST commerce_chargeback_modeladmin_delete chargeback                             r
GET  commerce_chargeback_modeladmin_inspect chargeback                            A
GET  commerce_statementimport_modeladmin_index                                    A
GET  commerce_statementimport_modeladmin_create                                   A
POST commerce_statementimport_modeladmin_create <statement                        W
GET  commerce_statementimport_modeladmin_edit bank_statement                      r
POST commerce_statementimport_modeladmin_edit bank_statement                      r
GET  commerce_statementimport_modeladmin_delete bank_statement                    r
POST commerce_statementimport_modeladmin_delete bank_statement                    r
GET  commerce_statementimport_modeladmin_inspect bank_statement                   A
GET  commerce_statementline_modeladmin_index                                      A
GET  commerce_statementline_modeladmin_create                                     r
POST commerce_statementline_modeladmin_create                                     r
GET  commerce_statementline_modeladmin_edit line                                  r
POST commerce_statementline_modeladmin_edit line                                  r
GET  commerce_statementline_modeladmin_delete line                                r
POST commerce_statementline_modeladmin_delete line                                r
GET  commerce_statementline_modeladmin_inspect line                               A
GET  commerce_reconciliationrun_modeladmin_index                                  A
GET  commerce_reconciliationrun_modeladmin_create                                 A
POST commerce_reconciliationrun_modeladmin_create <compare                        W
GET  commerce_reconciliationrun_modeladmin_edit comparison                        r
POST commerce_reconciliationrun_modeladmin_edit comparison                        r
GET  commerce_reconciliationrun_modeladmin_delete comparison                      r
POST commerce_reconciliationrun_modeladmin_delete comparison                      r
GET  commerce_reconciliationrun_modeladmin_inspect comparison                     A
GET  commerce_discrepancy_modeladmin_index                                        A
GET  commerce_discrepancy_modeladmin_create                                       r
POST commerce_discrepancy_modeladmin_create                                       r
GET  commerce_discrepancy_modeladmin_edit difference                              r
POST commerce_discrepancy_modeladmin_edit difference                              r
GET  commerce_discrepancy_modeladmin_delete difference                            r
POST commerce_discrepancy_modeladmin_delete difference                            r
GET  commerce_discrepancy_modeladmin_inspect difference                           A
GET  commerce_invoice_modeladmin_index                                            A
GET  commerce_invoice_modeladmin_create                                           r
POST commerce_invoice_modeladmin_create                                           r
GET  commerce_invoice_modeladmin_edit invoice                                     r
POST commerce_invoice_modeladmin_edit invoice                                     r
GET  commerce_invoice_modeladmin_delete invoice                                   r
POST commerce_invoice_modeladmin_delete invoice                                   r
GET  commerce_invoice_modeladmin_inspect invoice                                  A
GET  commerce_subscription_modeladmin_index                                       A
GET  commerce_subscription_modeladmin_create                                      r
POST commerce_subscription_modeladmin_create                                      r
GET  commerce_subscription_modeladmin_edit subscription                           r
POST commerce_subscription_modeladmin_edit subscription                           r
GET  commerce_subscription_modeladmin_delete subscription                         r
POST commerce_subscription_modeladmin_delete subscription                         r
GET  commerce_subscription_modeladmin_inspect subscription                        A
GET  commerce_payoutrun_modeladmin_index                                          A
GET  commerce_payoutrun_modeladmin_create                                         A
POST commerce_payoutrun_modeladmin_create <payout_currency                        A
GET  commerce_payoutrun_modeladmin_edit payout_run                                r
POST commerce_payoutrun_modeladmin_edit payout_run                                r
GET  commerce_payoutrun_modeladmin_delete payout_run                              r
POST commerce_payoutrun_modeladmin_delete payout_run                              r
GET  commerce_payoutrun_modeladmin_inspect payout_run                             A
GET  commerce_payout_modeladmin_index                                             A
GET  commerce_payout_modeladmin_create                                            r
POST commerce_payout_modeladmin_create                                            r
GET  commerce_payout_modeladmin_edit payout                                       r
POST commerce_payout_modeladmin_edit payout                                       r
GET  commerce_payout_modeladmin_delete payout                                     r
POST commerce_payout_modeladmin_delete payout                                     r
GET  commerce_payout_modeladmin_inspect payout                                    A
GET  commerce_ledgertransaction_modeladmin_index                                  A
GET  commerce_ledgertransaction_modeladmin_create                                 r
POST commerce_ledgertransaction_modeladmin_create                                 r
GET  commerce_ledgertransaction_modeladmin_edit ledger_row                        r
POST commerce_ledgertransaction_modeladmin_edit ledger_row                        r
GET  commerce_ledgertransaction_modeladmin_delete ledger_row                      r
POST commerce_ledgertransaction_modeladmin_delete ledger_row                      r
GET  commerce_ledgertransaction_modeladmin_inspect ledger_row                     A
GET  commerce_courseshare_modeladmin_index                                        A
GET  commerce_courseshare_modeladmin_create                                       A
POST commerce_courseshare_modeladmin_create <shares                               W
GET  commerce_courseshare_modeladmin_edit share                                   r
POST commerce_courseshare_modeladmin_edit share                                   r
GET  commerce_courseshare_modeladmin_delete share                                 r
POST commerce_courseshare_modeladmin_delete share                                 r
GET  commerce_courseterms_modeladmin_index                                        A
GET  commerce_courseterms_modeladmin_create                                       A
POST commerce_courseterms_modeladmin_create <terms_of_course                      W
GET  commerce_courseterms_modeladmin_edit terms                                   r
POST commerce_courseterms_modeladmin_edit terms                                   r
GET  commerce_courseterms_modeladmin_delete terms                                 r
POST commerce_courseterms_modeladmin_delete terms                                 r
GET  commerce_referrallink_modeladmin_index                                       A
GET  commerce_referrallink_modeladmin_create                                      r
POST commerce_referrallink_modeladmin_create                                      r
GET  commerce_referrallink_modeladmin_edit referral_link                          r
POST commerce_referrallink_modeladmin_edit referral_link                          r
GET  commerce_referrallink_modeladmin_delete referral_link                        r
POST commerce_referrallink_modeladmin_delete referral_link                        r
GET  commerce_paymentattempt_modeladmin_index?export=csv                          A
GET  commerce_invoice_modeladmin_index?export=xlsx                                A

GET  commerce_back_office:cancel_order owed_order                                 A
POST commerce_back_office:cancel_order owed_order <reason                         W
GET  commerce_back_office:retry_fulfilment paid_order                             A
POST commerce_back_office:retry_fulfilment paid_order                             W
GET  commerce_back_office:request_refund paid_order                               A
POST commerce_back_office:request_refund paid_order <refund_asked                 W
GET  commerce_back_office:recheck_attempt transfer                                A
POST commerce_back_office:recheck_attempt transfer                                A
GET  commerce_back_office:cancel_attempt transfer                                 A
POST commerce_back_office:cancel_attempt transfer                                 A
GET  commerce_back_office:accept_mismatch mismatch                                A
POST commerce_back_office:accept_mismatch mismatch <why                           W
GET  commerce_back_office:refuse_mismatch mismatch                                A
POST commerce_back_office:refuse_mismatch mismatch <why                           W
GET  commerce_back_office:retry_provider_event message                            A
POST commerce_back_office:retry_provider_event message                            W
GET  commerce_back_office:approve_refund asked_refund                             A
POST commerce_back_office:approve_refund asked_refund                             W
GET  commerce_back_office:refuse_refund asked_refund                              A
POST commerce_back_office:refuse_refund asked_refund                              W
GET  commerce_back_office:refund_given refund_by_hand                             A
POST commerce_back_office:refund_given refund_by_hand <receipt                    W
GET  commerce_back_office:refund_not_given refund_by_hand                         A
POST commerce_back_office:refund_not_given refund_by_hand                         W
GET  commerce_back_office:chargeback_won chargeback                               A
POST commerce_back_office:chargeback_won chargeback                               W
GET  commerce_back_office:chargeback_lost chargeback                              A
POST commerce_back_office:chargeback_lost chargeback                              W
GET  commerce_back_office:match_line line                                         A
POST commerce_back_office:match_line line <match                                  W
GET  commerce_back_office:ignore_line line                                        A
POST commerce_back_office:ignore_line line <why                                   W
GET  commerce_back_office:reopen_line line_aside                                  A
POST commerce_back_office:reopen_line line_aside                                  W
GET  commerce_back_office:explain difference                                      A
POST commerce_back_office:explain difference <why                                 W
GET  commerce_back_office:cancel_subscription subscription                        A
POST commerce_back_office:cancel_subscription subscription                        W
GET  commerce_back_office:approve_payout_run payout_run                           A
POST commerce_back_office:approve_payout_run payout_run                           W
GET  commerce_back_office:cancel_payout_run payout_run                            A
POST commerce_back_office:cancel_payout_run payout_run                            W
GET  commerce_back_office:payout_paid payout                                      A
POST commerce_back_office:payout_paid payout <receipt                             W
GET  commerce_back_office:payout_not_paid payout                                  A
POST commerce_back_office:payout_not_paid payout                                  W
GET  commerce_back_office:shares share                                            A
POST commerce_back_office:shares share <shares                                    W
GET  commerce_back_office:terms terms                                             A
POST commerce_back_office:terms terms <terms_of_course                            W
GET  commerce_back_office:remove_terms terms                                      A
POST commerce_back_office:remove_terms terms                                      W
GET  commerce_back_office:payout_run_csv payout_run                               W
GET  commerce_back_office:invoice_pdf invoice                                     A
GET  commerce_back_office:proof proof                                             A

GET  commerce_money:queue                                                         A
GET  commerce_money:balances                                                      A
GET  commerce_money:report                                                        A
GET  commerce_money:report?export=csv                                             A
GET  commerce_money:report?export=xlsx                                            A
"""
