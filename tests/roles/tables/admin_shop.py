"""Offers, prices, discounts, coupons, taxes and rounding in the admin."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  commerce_offer_modeladmin_index                                                  l rr  rr  rr r A
GET  commerce_offer_modeladmin_create                                                 l rr  rr  rr r A
POST commerce_offer_modeladmin_create <offer                                          l rr  rr  rr r W
GET  commerce_offer_modeladmin_edit offer                                             l rr  rr  rr r r
POST commerce_offer_modeladmin_edit offer                                             l rr  rr  rr r r
GET  commerce_offer_modeladmin_delete offer                                           l rr  rr  rr r r
POST commerce_offer_modeladmin_delete offer                                           l rr  rr  rr r r
GET  commerce_offerprice_modeladmin_index                                             l rr  rr  rr r A
GET  commerce_offerprice_modeladmin_create                                            l rr  rr  rr r A
POST commerce_offerprice_modeladmin_create <price                                     l rr  rr  rr r W
GET  commerce_offerprice_modeladmin_edit price                                        l rr  rr  rr r r
POST commerce_offerprice_modeladmin_edit price                                        l rr  rr  rr r r
GET  commerce_offerprice_modeladmin_delete price                                      l rr  rr  rr r r
POST commerce_offerprice_modeladmin_delete price                                      l rr  rr  rr r r
GET  commerce_offerdiscount_modeladmin_index                                          l rr  rr  rr r A
GET  commerce_offerdiscount_modeladmin_create                                         l rr  rr  rr r A
POST commerce_offerdiscount_modeladmin_create <discount                               l rr  rr  rr r W
GET  commerce_offerdiscount_modeladmin_edit discount                                  l rr  rr  rr r r
POST commerce_offerdiscount_modeladmin_edit discount                                  l rr  rr  rr r r
GET  commerce_offerdiscount_modeladmin_delete discount                                l rr  rr  rr r r
POST commerce_offerdiscount_modeladmin_delete discount                                l rr  rr  rr r r
GET  commerce_coupon_modeladmin_index                                                 l rr  rr  rr r A
GET  commerce_coupon_modeladmin_create                                                l rr  rr  rr r A
POST commerce_coupon_modeladmin_create <new_coupon                                    l rr  rr  rr r W
GET  commerce_coupon_modeladmin_edit coupon                                           l rr  rr  rr r r
POST commerce_coupon_modeladmin_edit coupon                                           l rr  rr  rr r r
GET  commerce_coupon_modeladmin_delete coupon                                         l rr  rr  rr r r
POST commerce_coupon_modeladmin_delete coupon                                         l rr  rr  rr r r
GET  commerce_taxrate_modeladmin_index                                                l rr  rr  rr r A
GET  commerce_taxrate_modeladmin_create                                               l rr  rr  rr r A
POST commerce_taxrate_modeladmin_create <tax                                          l rr  rr  rr r W
GET  commerce_taxrate_modeladmin_edit tax_rate                                        l rr  rr  rr r r
POST commerce_taxrate_modeladmin_edit tax_rate                                        l rr  rr  rr r r
GET  commerce_taxrate_modeladmin_delete tax_rate                                      l rr  rr  rr r r
POST commerce_taxrate_modeladmin_delete tax_rate                                      l rr  rr  rr r r
GET  commerce_roundingrule_modeladmin_index                                           l rr  rr  rr r A
GET  commerce_roundingrule_modeladmin_create                                          l rr  rr  rr r A
POST commerce_roundingrule_modeladmin_create <rounding                                l rr  rr  rr r W
GET  commerce_roundingrule_modeladmin_edit rounding                                   l rr  rr  rr r r
POST commerce_roundingrule_modeladmin_edit rounding                                   l rr  rr  rr r r
GET  commerce_roundingrule_modeladmin_delete rounding                                 l rr  rr  rr r r
POST commerce_roundingrule_modeladmin_delete rounding                                 l rr  rr  rr r r

GET  commerce_back_office:offer offer                                                 l rr  rr  rr r A
POST commerce_back_office:offer offer <offer_changed                                  l rr  rr  rr r W
GET  commerce_back_office:price price                                                 l rr  rr  rr r A
POST commerce_back_office:price price <price                                          l rr  rr  rr r W
GET  commerce_back_office:remove_price price                                          l rr  rr  rr r A
POST commerce_back_office:remove_price price <reason                                  l rr  rr  rr r W
GET  commerce_back_office:remove_discount discount                                    l rr  rr  rr r A
POST commerce_back_office:remove_discount discount <reason                            l rr  rr  rr r W
GET  commerce_back_office:coupon coupon                                               l rr  rr  rr r A
POST commerce_back_office:coupon coupon <new_coupon                                   l rr  rr  rr r W
GET  commerce_back_office:tax_rate tax_rate                                           l rr  rr  rr r A
POST commerce_back_office:tax_rate tax_rate <tax                                      l rr  rr  rr r W
GET  commerce_back_office:rounding_rule rounding                                      l rr  rr  rr r A
POST commerce_back_office:rounding_rule rounding <rounding                            l rr  rr  rr r W
"""
