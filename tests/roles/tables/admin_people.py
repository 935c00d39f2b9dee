"""People, their enrolments, orders and certificates in the admin."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  wagtailusers_users:index                                                         l rr  rr  rr A A
GET  wagtailusers_users:index_results                                                 l rr  rr  rr A A
GET  wagtailusers_users:add                                                           l rr  rr  rr r A
POST wagtailusers_users:add <person                                                   l rr  rr  rr r W
GET  wagtailusers_users:edit learner                                                  l rr  rr  rr r A
POST wagtailusers_users:edit learner <person_changed                                  l rr  rr  rr r W
GET  wagtailusers_users:delete learner                                                l rr  rr  rr r A
POST wagtailusers_users:delete passer_by                                              l rr  rr  rr r W
GET  wagtailusers_users:history learner                                               l rr  rr  rr r A
GET  wagtailusers_users:history_results learner                                       l rr  rr  rr r A
GET  wagtailusers_users:usage learner                                                 l rr  rr  rr r A
GET  wagtailusers_users:copy learner                                                  l rr  rr  rr r A
POST wagtail_bulk_action?id={passer_by} accounts,user,delete                          l rr  rr  rr r W
POST wagtail_bulk_action?id={other_learner} accounts,user,assign_role <role           l rr  rr  rr r W
POST wagtail_bulk_action?id={other_learner} accounts,user,set_active_state <inactive  l rr  rr  rr r W

GET  wagtailusers_groups:index                                                        l rr  rr  rr r A
GET  wagtailusers_groups:index_results                                                l rr  rr  rr r A
GET  wagtailusers_groups:add                                                          l rr  rr  rr r A
POST wagtailusers_groups:add <group                                                   l rr  rr  rr r W
GET  wagtailusers_groups:edit group                                                   l rr  rr  rr r A
POST wagtailusers_groups:edit group <group                                            l rr  rr  rr r W
GET  wagtailusers_groups:delete group                                                 l rr  rr  rr r A
POST wagtailusers_groups:delete group                                                 l rr  rr  rr r W
GET  wagtailusers_groups:history group                                                l rr  rr  rr r A
GET  wagtailusers_groups:history_results group                                        l rr  rr  rr r A
GET  wagtailusers_groups:usage group                                                  l rr  rr  rr r A

GET  commerce_enrollment_modeladmin_index                                             l rr  rr  rr A A
GET  commerce_enrollment_modeladmin_index?export=csv                                  l rr  rr  rr A A
GET  commerce_enrollment_modeladmin_create                                            l rr  rr  rr A A
POST commerce_enrollment_modeladmin_create <grant                                     l rr  rr  rr W W
GET  commerce_enrollment_modeladmin_edit enrollment                                   l rr  rr  rr r r
POST commerce_enrollment_modeladmin_edit enrollment                                   l rr  rr  rr r r
GET  commerce_enrollment_modeladmin_delete enrollment                                 l rr  rr  rr r r
POST commerce_enrollment_modeladmin_delete enrollment                                 l rr  rr  rr r r
GET  commerce_enrollment_modeladmin_inspect enrollment                                l rr  rr  rr A A
GET  commerce_certificate_modeladmin_index                                            l rr  rr  rr A A
GET  commerce_certificate_modeladmin_create                                           l rr  rr  rr r r
POST commerce_certificate_modeladmin_create                                           l rr  rr  rr r r
GET  commerce_certificate_modeladmin_edit certificate                                 l rr  rr  rr r r
POST commerce_certificate_modeladmin_edit certificate                                 l rr  rr  rr r r
GET  commerce_certificate_modeladmin_delete certificate                               l rr  rr  rr r r
POST commerce_certificate_modeladmin_delete certificate                               l rr  rr  rr r r
GET  commerce_certificate_modeladmin_inspect certificate                              l rr  rr  rr A A
GET  commerce_order_modeladmin_index                                                  l rr  rr  rr A A
GET  commerce_order_modeladmin_create                                                 l rr  rr  rr r r
POST commerce_order_modeladmin_create                                                 l rr  rr  rr r r
GET  commerce_order_modeladmin_edit order                                             l rr  rr  rr r r
POST commerce_order_modeladmin_edit order                                             l rr  rr  rr r r
GET  commerce_order_modeladmin_delete order                                           l rr  rr  rr r r
POST commerce_order_modeladmin_delete order                                           l rr  rr  rr r r
GET  commerce_order_modeladmin_inspect order                                          l rr  rr  rr A A
GET  commerce_exchangerate_modeladmin_index                                           l rr  rr  rr r A
GET  commerce_exchangerate_modeladmin_create                                          l rr  rr  rr r A
POST commerce_exchangerate_modeladmin_create <rate                                    l rr  rr  rr r W
GET  commerce_exchangerate_modeladmin_edit rate                                       l rr  rr  rr r r
POST commerce_exchangerate_modeladmin_edit rate                                       l rr  rr  rr r r
GET  commerce_exchangerate_modeladmin_delete rate                                     l rr  rr  rr r r
POST commerce_exchangerate_modeladmin_delete rate                                     l rr  rr  rr r r

GET  commerce_back_office:suspend enrollment                                          l rr  rr  rr A A
POST commerce_back_office:suspend enrollment <reason                                  l rr  rr  rr W W
GET  commerce_back_office:resume suspended                                            l rr  rr  rr A A
POST commerce_back_office:resume suspended <reason                                    l rr  rr  rr W W
GET  commerce_back_office:cancel enrollment                                           l rr  rr  rr A A
POST commerce_back_office:cancel enrollment <reason                                   l rr  rr  rr W W
GET  commerce_back_office:revoke certificate                                          l rr  rr  rr A A
POST commerce_back_office:revoke certificate <reason                                  l rr  rr  rr W W
GET  commerce_back_office:reissue certificate                                         l rr  rr  rr A A
POST commerce_back_office:reissue certificate <reissue                                l rr  rr  rr W W
"""
