"""Records what the framework's token endpoint, knox and durin answer, into recordings.json.

The tests read that file, so this is run by hand, when a scenario is added or one of the packages moves on:

    python3 -m venv venv
    venv/bin/pip install Django==5.2.19 djangorestframework==3.18.3 django-rest-knox==5.1.0 Django-Rest-Durin==1.1.0
    venv/bin/python record.py

The scenarios are in scenarios.py. The clock stands and is moved by a scenario alone, and what is random is written as the
name of the variable that took it, so that a second run writes the same file.
"""

import datetime
import json
import logging
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from unittest import mock

import scenarios

HERE = Path(__file__).parent
START = 1_800_000_000
HEADERS = ("Allow", "Content-Type", "WWW-Authenticate")
KINDS = ("framework", "knox", "durin")
PACKAGES = ("Django", "djangorestframework", "django-rest-knox", "Django-Rest-Durin")


def configure(kind):
    """Sets Django up in this process, in memory, for one of the packages."""
    import django
    from django.conf import settings

    app = {"framework": "rest_framework.authtoken", "knox": "knox", "durin": "durin"}[kind]
    classes = {
        "framework": "rest_framework.authentication.TokenAuthentication",
        # Who gets a token from knox has logged in by other means.
        "knox": "rest_framework.authentication.BasicAuthentication",
        "durin": "durin.auth.TokenAuthentication",
    }
    settings.configure(
        SECRET_KEY="recorded",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", app],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [classes[kind]],
            "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        },
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def routes(kind, scenario):
    """The package's own routes under auth/, and a view that asks for its tokens."""
    from django.urls import include, path
    from rest_framework.authentication import BasicAuthentication, TokenAuthentication
    from rest_framework.response import Response
    from rest_framework.views import APIView

    if kind == "knox":
        from knox.auth import TokenAuthentication
    if kind == "durin":
        from durin.auth import TokenAuthentication

    classes = [TokenAuthentication]
    if scenario.get("basic"):
        classes.append(BasicAuthentication)

    class Me(APIView):
        authentication_classes = classes

        def get(self, request):
            return Response({"username": request.user.get_username()})

    me = path("me/", Me.as_view())
    if kind == "framework":
        from rest_framework.authtoken.views import obtain_auth_token

        return [path("api-token-auth/", obtain_auth_token), me]
    if kind == "durin":
        from durin import views

        # They ask for whatever the settings name; only login/ says for itself.
        for view in (
            views.RefreshView,
            views.LogoutView,
            views.LogoutAllView,
            views.APIAccessTokenView,
            views.TokenSessionsViewSet,
        ):
            view.authentication_classes = classes
    return [path("auth/", include(f"{kind}.urls")), me]


urlpatterns = []


def apply_settings(kind, wanted):
    """Sets REST_KNOX or REST_DURIN; what is not named is as it comes."""
    seconds = ("TOKEN_TTL", "AUTO_REFRESH_MAX_TTL", "DEFAULT_TOKEN_TTL")
    wanted = {
        name: datetime.timedelta(seconds=value) if name in seconds and value is not None else value
        for name, value in wanted.items()
    }
    if kind == "framework":
        return
    if kind == "knox":
        from knox.settings import knox_settings as settings
    else:
        from durin.settings import durin_settings as settings
    settings.reload()
    settings._user_settings = wanted


class Recorder:
    def __init__(self, kind, scenario):
        self.kind, self.scenario, self.variables, self.passed = kind, scenario, {}, 0

    def set_up(self):
        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.urls import clear_url_caches

        call_command("flush", verbosity=0, interactive=False)
        for user in self.scenario["users"]:
            User.objects.create_user(user["username"], password=user["password"], is_active=user.get("active", True))
        apply_settings(self.kind, self.scenario.get("settings", {}))
        if self.kind == "durin":
            from durin.models import Client
            from durin.serializers import APIAccessTokenSerializer

            # Every answer with a token lengthens this list, for good.
            APIAccessTokenSerializer.Meta.fields = [
                name for name in APIAccessTokenSerializer.Meta.fields if name != "token"
            ]
            for name, ttl in self.scenario["clients"].items():
                Client.objects.create(name=name, token_ttl=datetime.timedelta(seconds=ttl))
        urlpatterns[:] = routes(self.kind, self.scenario)
        clear_url_caches()

    def now(self):
        return datetime.datetime.fromtimestamp(START + self.passed, datetime.timezone.utc)

    def run(self):
        self.set_up()
        with mock.patch("django.utils.timezone.now", self.now):
            steps = [self.step(step) for step in self.scenario["steps"]]
        return {**self.scenario, "steps": steps}

    def step(self, step):
        from django.contrib.auth.models import User

        if "advance" in step:
            self.passed += step["advance"]
        if "change" in step:
            change = step["change"]
            user = User.objects.get(username=change["username"])
            if "password" in change:
                user.set_password(change["password"])
            user.is_active = change.get("active", user.is_active)
            user.save()
        return {**step, "answer": self.exchange(step)} if "request" in step else step

    def filled(self, text):
        return re.sub(r"\$\{(\w+)\}", lambda found: str(self.variables.get(found[1], "missing")), text)

    def exchange(self, step):
        from django.test import Client

        request = step["request"]
        extra = {
            "HTTP_" + name.upper().replace("-", "_"): self.filled(value)
            for name, value in request.get("headers", {}).items()
        }
        body, content_type = "", "application/octet-stream"
        if "json" in request:
            body, content_type = json.dumps(request["json"]), "application/json"
        elif "body" in request:
            body, content_type = request["body"], request["type"]
        if not body:
            content_type = ""
        client = Client(raise_request_exception=False)
        response = client.generic(request["method"], self.filled(request["path"]), body, content_type, **extra)
        headers = {name: response[name] for name in HEADERS if name in response}
        described = request["method"] == "OPTIONS" and response.status_code == 200
        if described or "text/html" in headers.get("Content-Type", ""):
            # Words about the view, and a page that Django writes about an error.
            return {"status": response.status_code, "headers": headers, "body": None}
        body = json.loads(response.content) if response.content else None
        if response.status_code < 300:
            self.save(step.get("save", {}), body)
        return {"status": response.status_code, "headers": headers, "body": self.named(body)}

    def save(self, wanted, body):
        for variable, path in wanted.items():
            value = body
            for key in path.split("."):
                value = value[int(key) if isinstance(value, list) else key]
            if value not in self.variables.values():
                self.variables[variable] = value

    def named(self, value, key=None):
        """The body with the names of variables in the place of their values."""
        if isinstance(value, dict):
            return {key: self.named(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.named(inner) for inner in value]
        if key in ("token", "id"):
            return next(("${%s}" % name for name, known in self.variables.items() if known == value), "${?}")
        return value


def written(packages, recorded):
    """JSON with a line for each step."""
    lines = []
    for scenario in recorded:
        steps = ",\n".join("  " + json.dumps(step) for step in scenario["steps"])
        head = json.dumps({key: value for key, value in scenario.items() if key != "steps"})
        lines.append(f'{head[:-1]}, "steps": [\n{steps}\n]}}')
    scenarios = ",\n".join(lines)
    return f'{{"packages": {json.dumps(packages)},\n"scenarios": [\n{scenarios}\n]}}\n'


def main():
    if len(sys.argv) > 1:
        kind = sys.argv[1]
        logging.disable()
        configure(kind)
        mine = [scenario for scenario in scenarios.ALL if scenario["kind"] == kind]
        json.dump([Recorder(kind, scenario).run() for scenario in mine], sys.stdout)
        return
    recorded = []
    for kind in KINDS:
        # The framework reads its settings once a process.
        output = subprocess.run([sys.executable, __file__, kind], check=True, stdout=subprocess.PIPE).stdout
        recorded += json.loads(output)
    packages = {name: version(name) for name in PACKAGES}
    (HERE / "recordings.json").write_text(written(packages, recorded))
    print(len(recorded), "scenarios,", sum("answer" in step for one in recorded for step in one["steps"]), "exchanges")


if __name__ == "__main__":
    main()
