"""Addresses of the API; included by the project at the root."""

from django.conf import settings
from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from api.graphql.graphiql import GraphiQLView
from api.graphql.view import GraphQLEndpoint
from api.rest import payments, uploads, views
from api.video_webhooks import CloudinaryWebhookView
from api.webhooks import WebhookView

urlpatterns = [
    path("graphql/", GraphQLEndpoint.as_view(), name="graphql"),
    path("healthz", views.HealthView.as_view(), name="healthz"),
    path("readyz", views.ReadinessView.as_view(), name="readyz"),
    path("api/v1/certificates/<str:number>.pdf", views.CertificatePdfView.as_view(), name="certificate_pdf"),
    path("api/v1/invoices/<uuid:invoice>.pdf", payments.InvoicePdfView.as_view(), name="invoice_pdf"),
    path("api/v1/payments/<uuid:payment>/proofs/", payments.PaymentProofsView.as_view(), name="payment_proofs"),
    path("api/v1/earnings.csv", payments.EarningsView.as_view(), name="earnings_csv"),
    path("api/v1/uploads/", uploads.UploadsView.as_view(), name="uploads"),
    path("api/v1/uploads/<uuid:upload>/", uploads.UploadView.as_view(), name="upload"),
    path("api/v1/uploads/<uuid:upload>/parts/", uploads.UploadPartsView.as_view(), name="upload_parts"),
    path("api/v1/uploads/<uuid:upload>/complete/", uploads.UploadCompleteView.as_view(), name="upload_complete"),
    path("api/v1/documents/<int:document>/", views.DocumentView.as_view(), name="document"),
    # Without the last slash too: some senders cut it off, and a redirected POST is lost.
    re_path(
        r"^payments/webhooks/(?P<provider>[a-z_]{1,20})(?:/(?P<path_token>[\w-]{1,100}))?/?$",
        WebhookView.as_view(),
        name="webhook",
    ),
    path("webhooks/cloudinary/", CloudinaryWebhookView.as_view(), name="cloudinary_webhook"),
    path("api/v1/openapi.json", SpectacularJSONAPIView.as_view(permission_classes=[]), name="openapi"),
]
if settings.DEBUG:
    urlpatterns.append(path("graphql/explore/", GraphiQLView.as_view(), name="graphiql"))
