"""Django REST framework over a bare view, in process: `python measure.py list` or `time ROUNDS`, as harness has it.

The table of tokens is SQLite in memory, so that a look-up is one query without a disk. The request goes through the
whole handler of Django without any middleware, and no sockets.
"""

import io
import logging
import sys
import time

import django
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework.authtoken",
    ],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import path
from rest_framework.authentication import TokenAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

USERS = 1000
REQUESTS = 50


def bare_django(request):
    return HttpResponse("hello")


class Bare(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [JSONRenderer]

    def get(self, request):
        return Response("hello")


class Authenticated(Bare):
    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]


urlpatterns = [
    path("django", bare_django),
    path("bare", Bare.as_view()),
    path("token", Authenticated.as_view()),
]

KINDS = {"a token": lambda n: f"{n:040x}", "an unknown token": lambda n: f"{n + USERS:040x}"}
BARE = "bare Django REST framework"
SUBJECTS = [
    (f"{name}, {kind}", f"{'bare Django' if path == 'django' else BARE}, {kind}", path, kind, 401 if path == "token" and kind != "a token" else 200)
    for name, path in [("bare Django", "django"), (BARE, "bare"), ("Django REST framework, TokenAuthentication", "token")]
    for kind in KINDS
]


def furnish():
    call_command("migrate", verbosity=0)
    users = User.objects.bulk_create(User(username=f"user-{n:03}") for n in range(USERS))
    Token.objects.bulk_create(Token(user=user, key=KINDS["a token"](n)) for n, user in enumerate(users))


def environ(path, kind, n):
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": f"/{path}",
        "SERVER_NAME": "api.example.org",
        "SERVER_PORT": "80",
        "HTTP_HOST": "api.example.org",
        "HTTP_USER_AGENT": "curl/8.5.0",
        "HTTP_ACCEPT": "*/*",
        "HTTP_AUTHORIZATION": f"Token {KINDS[kind](n * 7919 % USERS)}",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }


def main():
    match sys.argv[1:]:
        case ["list"]:
            for name, baseline, *_ in SUBJECTS:
                print(name, baseline, REQUESTS, sep="\t")
        case ["time", rounds]:
            furnish()
            handler = WSGIHandler()
            # A refusal is expected here; the log of it is not what is measured.
            logging.getLogger("django.request").setLevel(logging.CRITICAL)
            times = {name: [] for name, *_ in SUBJECTS}
            for turn in range(int(rounds) + 1):
                for name, _, path, kind, status in SUBJECTS[turn % 6 :] + SUBJECTS[: turn % 6]:
                    requests = [environ(path, kind, n) for n in range(REQUESTS)]
                    since = time.perf_counter_ns()
                    for request in requests:
                        response = handler.get_response(WSGIRequest(request))
                        assert response.status_code == status, response.status_code
                    if turn > 0:
                        times[name].append((time.perf_counter_ns() - since) / REQUESTS)
            for name, measured in times.items():
                print(name, *(f"{time:.1f}" for time in measured), sep="\t")


main()
