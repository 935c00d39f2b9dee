"""Pictures, files, snippets, collections, tags, embeds in the admin."""

TABLE = """
# Columns: anonymous | learner, other learner | instructor, other | translator, reviewer | support | administrator
GET  wagtailimages:index                                                              l rr  AA  Ar r A
GET  wagtailimages:index_results                                                      l rr  AA  Ar r A
GET  wagtailimages:add                                                                l rr  AA  Ar r A
POST wagtailimages:add <image                                                         l rr  WW  Wr r W
GET  wagtailimages:edit image                                                          l rr  Ar  rr r A
POST wagtailimages:edit image <image_title                                            l rr  Wr  rr r W
GET  wagtailimages:delete image                                                       l rr  Ar  rr r A
POST wagtailimages:delete image                                                       l rr  Wr  rr r W
GET  wagtailimages:url_generator image                                                l rr  hh  hh h h
GET  wagtailimages:url_generator_output image                                         l rr  hh  hh h h
GET  wagtailimages:preview image,width-20                                             l rr  Ar  rr r A
GET  wagtailimages:image_usage image                                                  l rr  Ar  rr r A
GET  wagtailimages:add_multiple                                                       l rr  AA  Ar r A
POST wagtailimages:add_multiple <image_part                                           l rr  WW  Wr r W
POST wagtailimages:edit_multiple image <image_multiple                                l rr  Wr  rr r W
POST wagtailimages:create_multiple_from_uploaded_image uploaded_image <uploaded_image  l rr  Wr  rr r r
POST wagtailimages:delete_multiple image                                              l rr  Wr  rr r W
POST wagtailimages:delete_upload_multiple uploaded_image                              l rr  Wr  rr r r
GET  wagtailimages_chooser:choose                                                     l rr  AA  AA A A
GET  wagtailimages_chooser:choose_results                                             l rr  AA  AA A A
GET  wagtailimages_chooser:chosen image                                               l rr  AA  AA r A
GET  wagtailimages_chooser:chosen_multiple?id={image}                                 l rr  AA  AA A A
GET  wagtailimages_chooser:create                                                     l rr  AA  Ar r A
POST wagtailimages_chooser:create <image_chosen                                       l rr  WW  Wr r W
GET  wagtailimages_chooser:select_format image                                        l rr  AA  AA A A
GET  wagtailadmin_api:images:listing                                                  l rr  AA  AA A A
GET  wagtailadmin_api:images:detail image                                             l rr  AA  AA A A
GET  wagtailadmin_api:images:find?id={image}                                          l rr  AA  AA A A
POST wagtail_bulk_action?id={image} wagtailimages,=image,delete                       l rr  WA  AA A W
POST wagtail_bulk_action?id={image} wagtailimages,=image,add_tags <tags               l rr  WA  AA A W
POST wagtail_bulk_action?id={image} wagtailimages,=image,add_to_collection <into      l rr  AA  AA A W

GET  wagtaildocs:index                                                                l rr  AA  Ar r A
GET  wagtaildocs:index_results                                                        l rr  AA  Ar r A
GET  wagtaildocs:add                                                                  l rr  AA  Ar r A
POST wagtaildocs:add <document                                                        l rr  WW  Wr r W
GET  wagtaildocs:edit document                                                        l rr  Ar  rr r A
POST wagtaildocs:edit document <document_title                                        l rr  Wr  rr r W
GET  wagtaildocs:delete document                                                      l rr  Ar  rr r A
POST wagtaildocs:delete document                                                      l rr  Wr  rr r W
GET  wagtaildocs:add_multiple                                                         l rr  AA  Ar r A
POST wagtaildocs:add_multiple <document_part                                          l rr  WW  Wr r W
POST wagtaildocs:edit_multiple document <document_multiple                            l rr  Wr  rr r W
# Wagtail itself breaks on files left over here (no form of ours leaves any), so: one that isn't there.
POST wagtaildocs:create_multiple_from_uploaded_document 999                           l rr  hh  hh h h
POST wagtaildocs:delete_multiple document                                             l rr  Wr  rr r W
POST wagtaildocs:delete_upload_multiple uploaded_document                             l rr  Wr  rr r r
GET  wagtaildocs:document_usage document                                              l rr  Ar  rr r A
GET  wagtaildocs_chooser:choose                                                       l rr  AA  AA A A
GET  wagtaildocs_chooser:choose_results                                               l rr  AA  AA A A
GET  wagtaildocs_chooser:chosen document                                              l rr  AA  AA r A
GET  wagtaildocs_chooser:chosen_multiple?id={document}                                l rr  AA  AA A A
GET  wagtaildocs_chooser:create                                                       l rr  AA  Ar r A
POST wagtaildocs_chooser:create <document_chosen                                      l rr  WW  Wr r W
GET  wagtailadmin_api:documents:listing                                               l rr  AA  AA A A
GET  wagtailadmin_api:documents:detail document                                       l rr  AA  AA A A
GET  wagtailadmin_api:documents:find?id={document}                                    l rr  AA  AA A A
POST wagtail_bulk_action?id={document} wagtaildocs,=document,delete                   l rr  WA  AA A W
POST wagtail_bulk_action?id={document} wagtaildocs,=document,add_tags <tags           l rr  WA  AA A W
POST wagtail_bulk_action?id={document} wagtaildocs,=document,add_to_collection <into  l rr  AA  AA A W

GET  wagtailadmin_collections:index                                                   l rr  rr  rr r A
GET  wagtailadmin_collections:add                                                     l rr  rr  rr r A
POST wagtailadmin_collections:add <collection                                         l rr  rr  rr r W
GET  wagtailadmin_collections:edit collection                                         l rr  rr  rr r A
POST wagtailadmin_collections:edit collection <collection_name                        l rr  rr  rr r W
GET  wagtailadmin_collections:delete collection                                       l rr  hh  hh h A
POST wagtailadmin_collections:delete empty_collection                                 l rr  hh  hh h W
GET  wagtailadmin_collections:set_privacy collection                                  l rr  rr  rr r A
POST wagtailadmin_collections:set_privacy collection <privacy                         l rr  rr  rr r W

GET  wagtailsnippets:index                                                            l rr  rr  rr r r
GET  wagtailsnippets_courses_category:list                                            l rr  AA  AA r A
GET  wagtailsnippets_courses_category:list_results                                    l rr  AA  AA r A
GET  wagtailsnippets_courses_category:add                                             l rr  rr  rr r A
POST wagtailsnippets_courses_category:add <category                                   l rr  rr  rr r W
GET  wagtailsnippets_courses_category:edit category                                   l rr  rr  Ar r A
POST wagtailsnippets_courses_category:edit category <category                         l rr  rr  Wr r W
GET  wagtailsnippets_courses_category:delete category                                 l rr  rr  rr r A
POST wagtailsnippets_courses_category:delete category                                 l rr  rr  rr r W
GET  wagtailsnippets_courses_category:usage category                                  l rr  rr  Ar r A
GET  wagtailsnippets_courses_category:history category                                l rr  rr  Ar r A
GET  wagtailsnippets_courses_category:history_results category                        l rr  rr  Ar r A
GET  wagtailsnippets_courses_category:copy category                                   l rr  rr  rr r A
GET  wagtailsnippetchoosers_courses_category:choose                                   l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_category:choose_results                           l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_category:chosen category                          l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_category:chosen_multiple?id={category}            l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_category:create                                   l rr  rr  rr r A
POST wagtail_bulk_action?id={category} courses,=category,delete                       l rr  AA  AA A W

GET  wagtailsnippets_courses_glossaryterm:list                                        l rr  AA  AA r A
GET  wagtailsnippets_courses_glossaryterm:list_results                                l rr  AA  AA r A
GET  wagtailsnippets_courses_glossaryterm:add                                         l rr  AA  rr r A
POST wagtailsnippets_courses_glossaryterm:add <term                                   l rr  WW  rr r W
GET  wagtailsnippets_courses_glossaryterm:edit term                                   l rr  AA  Ar r A
POST wagtailsnippets_courses_glossaryterm:edit term <term                             l rr  WW  Wr r W
GET  wagtailsnippets_courses_glossaryterm:delete term                                 l rr  rr  rr r A
POST wagtailsnippets_courses_glossaryterm:delete term                                 l rr  rr  rr r W
GET  wagtailsnippets_courses_glossaryterm:usage term                                  l rr  AA  Ar r A
GET  wagtailsnippets_courses_glossaryterm:history term                                l rr  AA  Ar r A
GET  wagtailsnippets_courses_glossaryterm:history_results term                        l rr  AA  Ar r A
GET  wagtailsnippets_courses_glossaryterm:copy term                                   l rr  AA  rr r A
GET  wagtailsnippetchoosers_courses_glossaryterm:choose                               l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_glossaryterm:choose_results                       l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_glossaryterm:chosen term                          l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_glossaryterm:chosen_multiple?id={term}            l rr  AA  AA A A
GET  wagtailsnippetchoosers_courses_glossaryterm:create                               l rr  AA  rr r A
POST wagtail_bulk_action?id={term} courses,glossaryterm,delete                        l rr  AA  AA A W

GET  wagtailadmin_tag_autocomplete?term=so                                            l rr  AA  AA A A
GET  wagtailadmin_tag_model_autocomplete?term=so courses,courseword                   l rr  hh  hh h h
GET  wagtailembeds:chooser                                                            l rr  AA  AA A A
GET  wagtailembeds:chooser_upload                                                     l rr  AA  AA A A
POST wagtailembeds:chooser_upload <embed                                              l rr  AA  AA A A
"""
