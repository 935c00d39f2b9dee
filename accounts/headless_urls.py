"""The apps' log-in: allauth's addresses, without those of telephone numbers.

allauth offers the latter always and then asks its adapter for numbers that log people in; ours is a field of the
profile that logs nobody in, so these addresses would only ever answer 500.
"""

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def no_such_address(request: HttpRequest) -> JsonResponse:
    """Say so in the shape of allauth's answers."""
    return JsonResponse({"status": 404}, status=404)


_NO_TELEPHONE = ("account/phone", "auth/phone/verify", "auth/phone/verify/resend")

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"app/v1/{address}", no_such_address) for address in _NO_TELEPHONE),
    path("", include("allauth.headless.urls")),
]
