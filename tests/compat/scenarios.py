"""What record.py records: requests in the order in which they are sent, and what happens between them.

A scenario has users, and for durin clients with their `token_ttl` in seconds. `settings` are those of the package, with
times in seconds; `basic` lets HTTP Basic in beside tokens. A step sends a request, after the clock was moved and a user
was changed; `save` gives a part of the answer a name for later requests: `${token}`.
"""

import base64

HOUR = 3600
DAY = 24 * HOUR

ALL = []
ADA = {"username": "ada", "password": "correct horse"}
BOB = {"username": "bob", "password": "battery staple"}
GONE = {"username": "gone", "password": "gone", "active": False}


def scenario(name, steps, **more):
    kind = name.split("-")[0]
    base = {"id": name, "kind": kind, "users": [ADA, BOB, GONE]}
    if kind == "durin":
        base["clients"] = {"web": DAY, "cli": HOUR, "api": 30 * DAY}
    ALL.append({**base, **more, "steps": steps})


def call(method, path, *, save=None, between=None, **request):
    step = dict(between or {})
    step["request"] = {"method": method, "path": path, **request}
    if save:
        step["save"] = save
    return step


def basic(user):
    pair = f"{user['username']}:{user['password']}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def token(name, keyword="Token"):
    return {"Authorization": f"{keyword} ${{{name}}}"}


def me(name, **more):
    return call("GET", "/me/", headers=token(name), **more)


def form(text):
    return {"body": text, "type": "application/x-www-form-urlencoded"}


def multipart(fields):
    parts = "".join(
        f'--frontier\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return {"body": parts + "--frontier--\r\n", "type": "multipart/form-data; boundary=frontier"}


# What may stand in the header where a token is asked for, as Latin-1.
HEADERS = {
    "none": None,
    "blank": "",
    "keyword-alone": "Token",
    "keyword-and-space": "Token ",
    "spaces": "Token one two",
    "unknown": "Token " + "ab" * 32,
    "short": "Token ab",
    "odd-length": "Token " + "a" * 63,
    "no-hexadecimal": "Token " + "xyz" * 21,
    "not-utf-8": "Token \xff\xfe",
    "other-keyword": "Bearer ${token}",
    "keyword-in-lower-case": "token ${token}",
    "keyword-in-upper-case": "TOKEN ${token}",
    "white-space-around": "  Token \t ${token}  ",
    "right": "Token ${token}",
}


def headers(log_in):
    """Every header of the table, sent to the view."""
    kind = log_in["kind"]
    steps = [log_in["step"]]
    for value in HEADERS.values():
        steps.append(call("GET", "/me/", headers={} if value is None else {"Authorization": value}))
    scenario(f"{kind}-headers", steps)


def methods(name, first, calls, **more):
    """Methods that an address does not have, without credentials and with them."""
    steps = [first]
    for method, path, sent in calls:
        steps.append(call(method, path))
        steps.append(call(method, path, headers=sent))
    scenario(name, steps, **more)


# The framework's token endpoint.

OBTAIN = "/api-token-auth/"


def obtain(user=ADA, save="token", **more):
    fields = {"username": user["username"], "password": user["password"]}
    return call("POST", OBTAIN, json=fields, save={save: "token"}, **more)


def fails(**body):
    return call("POST", OBTAIN, **body)


scenario("framework-log-in", [obtain(), me("token"), obtain(BOB, "other"), me("other")])
scenario("framework-log-in-again", [obtain(), obtain(save="second"), me("token")])
scenario(
    "framework-bodies",
    [
        call("POST", OBTAIN, **form("username=ada&password=correct+horse"), save={"a": "token"}),
        call("POST", OBTAIN, **multipart(ADA), save={"b": "token"}),
        call("POST", OBTAIN, json={**ADA, "more": [1]}, save={"c": "token"}),
    ],
)
scenario(
    "framework-refused",
    [
        fails(json={"username": "ada", "password": "wrong"}),
        fails(json={"username": "nobody", "password": "wrong"}),
        fails(json={"username": "gone", "password": "gone"}),
        fails(json={"username": "ADA", "password": "correct horse"}),
        fails(json={"username": "ada", "password": " correct horse "}),
    ],
)
scenario(
    "framework-fields",
    [
        fails(),
        fails(json={}),
        fails(json={"username": "ada"}),
        fails(json={"password": "correct horse"}),
        fails(json={"username": "", "password": ""}),
        fails(json={"username": None, "password": None}),
        fails(json={"username": True, "password": []}),
        fails(json={"username": 1, "password": 2}),
        fails(json=[]),
        fails(json="text"),
        fails(**form("username=ada")),
        fails(body="{", type="application/json"),
        fails(body="<a/>", type="application/xml"),
    ],
)
headers({"kind": "framework", "step": obtain()})
scenario(
    "framework-stale-token-in-header",
    [{**obtain(), "request": {**obtain()["request"], "headers": {"Authorization": "Token stale"}}}],
)
scenario("framework-disabled", [obtain(), me("token", between={"change": {"username": "ada", "active": False}})])
scenario(
    "framework-enabled-again",
    [
        obtain(),
        me("token", between={"change": {"username": "ada", "active": False}}),
        me("token", between={"change": {"username": "ada", "active": True}}),
    ],
)
scenario("framework-new-password", [obtain(), me("token", between={"change": {"username": "ada", "password": "new"}})])
methods(
    "framework-methods", obtain(), [(method, OBTAIN, token("token")) for method in ("GET", "PUT", "PATCH", "DELETE")]
)
scenario("framework-options", [call("OPTIONS", OBTAIN)])

# knox.


def knox(user=ADA, save="token", **more):
    return call("POST", "/auth/login/", headers=basic(user), save={save: "token"} if save else None, **more)


def knox_out(name, everywhere=False, **more):
    return call("POST", "/auth/logoutall/" if everywhere else "/auth/logout/", headers=token(name), **more)


scenario("knox-log-in", [knox(), me("token")])
scenario("knox-log-in-with-user", [knox()], settings={"USER_SERIALIZER": "knox.serializers.UserSerializer"})
scenario(
    "knox-log-in-refused",
    [
        call("POST", "/auth/login/"),
        call("POST", "/auth/login/", headers=basic({**ADA, "password": "wrong"})),
        call("POST", "/auth/login/", headers=basic({"username": "nobody", "password": "wrong"})),
        call("POST", "/auth/login/", headers=basic(GONE)),
        call("POST", "/auth/login/", headers={"Authorization": "Basic"}),
        call("POST", "/auth/login/", json=ADA),
    ],
)
scenario(
    "knox-log-in-with-body",
    [
        call("POST", "/auth/login/", headers=basic(ADA), json={"more": 1}, save={"a": "token"}),
        call("POST", "/auth/login/", headers=basic(ADA), body="{", type="application/json", save={"b": "token"}),
        call("POST", "/auth/login/", headers=basic(ADA), body="<a/>", type="application/xml", save={"c": "token"}),
    ],
)
scenario("knox-log-in-with-token", [knox(), call("POST", "/auth/login/", headers=token("token"))])
scenario(
    "knox-many-log-ins",
    [knox(save=f"t{n}") for n in range(10)] + [me(f"t{n}") for n in range(10)],
)
scenario(
    "knox-log-out",
    [
        knox(),
        knox(save="second"),
        knox_out("token"),
        me("token"),
        me("second"),
        knox_out("token"),
        call("POST", "/auth/logout/"),
        call("POST", "/auth/logout/", headers=basic(ADA)),
        knox_out("second"),
        me("second"),
    ],
)
scenario(
    "knox-log-out-everywhere",
    [
        knox(),
        knox(save="second"),
        knox(BOB, "other"),
        call("POST", "/auth/logoutall/"),
        call("POST", "/auth/logoutall/", headers=basic(ADA)),
        knox_out("token", everywhere=True),
        me("token"),
        me("second"),
        me("other"),
        knox_out("token", everywhere=True),
    ],
)
scenario(
    "knox-limit",
    [
        knox(),
        knox(save="second"),
        knox(save=None),
        knox(BOB, "other"),
        knox_out("second"),
        knox(save="third"),
        knox(save=None),
        me("token"),
    ],
    settings={"TOKEN_LIMIT_PER_USER": 2},
)
scenario(
    "knox-limit-and-expired",
    [knox(), knox(save=None), knox(save="second", between={"advance": 10 * HOUR + 1}), knox(save=None), me("second")],
    settings={"TOKEN_LIMIT_PER_USER": 1},
)
scenario(
    "knox-limit-without-end",
    [knox(), knox(save=None, between={"advance": 400 * DAY}), me("token")],
    settings={"TOKEN_LIMIT_PER_USER": 1, "TOKEN_TTL": None},
)
scenario("knox-without-end", [knox(), me("token", between={"advance": 400 * DAY})], settings={"TOKEN_TTL": None})
scenario("knox-expiry-format", [knox()], settings={"EXPIRY_DATETIME_FORMAT": "%d/%m/%y %H:%M"})
scenario(
    "knox-expiry-format-without-end", [knox()], settings={"EXPIRY_DATETIME_FORMAT": "%d/%m/%y %H:%M", "TOKEN_TTL": None}
)
scenario(
    "knox-expired",
    [
        knox(),
        me("token", between={"advance": 10 * HOUR - 1}),
        me("token", between={"advance": 1}),
        me("token", between={"advance": 1}),
        me("token"),
        knox_out("token"),
    ],
)
scenario("knox-born-expired", [knox(), me("token", between={"advance": 1})], settings={"TOKEN_TTL": 0})
REFRESHED = [
    knox(),
    me("token", between={"advance": 6 * HOUR}),
    me("token", between={"advance": 6 * HOUR}),
    me("token", between={"advance": 10 * HOUR + 1}),
]
scenario("knox-refreshed", REFRESHED, settings={"AUTO_REFRESH": True})
scenario("knox-not-refreshed", REFRESHED)
scenario("knox-refreshed-with-an-end", REFRESHED, settings={"AUTO_REFRESH": True, "AUTO_REFRESH_MAX_TTL": 11 * HOUR})
scenario(
    "knox-refreshed-seldom",
    [knox(), me("token", between={"advance": 60}), me("token", between={"advance": 10 * HOUR - 59})],
    settings={"AUTO_REFRESH": True},
)
headers({"kind": "knox", "step": knox()})
scenario(
    "knox-other-keyword",
    [
        knox(),
        me("token"),
        call("GET", "/me/", headers=token("token", "Bearer")),
        call("GET", "/me/", headers=token("token", "bearer")),
        call("GET", "/me/", headers={"Authorization": "Bearer"}),
        call("POST", "/auth/logout/", headers=token("token")),
        call("POST", "/auth/logout/", headers=token("token", "Bearer")),
    ],
    settings={"AUTH_HEADER_PREFIX": "Bearer"},
)
scenario("knox-token-prefix", [knox(), me("token")], settings={"TOKEN_PREFIX": "knox_"})
scenario("knox-disabled", [knox(), me("token", between={"change": {"username": "ada", "active": False}})])
scenario(
    "knox-enabled-again",
    [
        knox(),
        me("token", between={"change": {"username": "ada", "active": False}}),
        me("token", between={"change": {"username": "ada", "active": True}}),
    ],
)
scenario("knox-new-password", [knox(), me("token", between={"change": {"username": "ada", "password": "new"}})])
methods(
    "knox-methods",
    knox(),
    [("GET", "/auth/login/", basic(ADA)), ("PUT", "/auth/login/", basic(ADA))]
    + [(method, f"/auth/{path}/", token("token")) for path in ("logout", "logoutall") for method in ("GET", "DELETE")],
)
scenario(
    "knox-options", [knox(), call("OPTIONS", "/auth/login/"), call("OPTIONS", "/auth/logout/", headers=token("token"))]
)

# durin.


def durin(user=ADA, client="web", save="token", **more):
    fields = {"username": user["username"], "password": user["password"], "client": client}
    return call("POST", "/auth/login/", json=fields, save={save: "token"}, **more)


def durin_fails(**body):
    return call("POST", "/auth/login/", **body)


def durin_call(method, path, name="token", **more):
    return call(method, f"/auth/{path}", headers=token(name), **more)


scenario("durin-log-in", [durin(), me("token"), durin(client="cli", save="second"), me("second"), me("token")])
scenario("durin-log-in-with-user", [durin()], settings={"USER_SERIALIZER": "durin.serializers.UserSerializer"})
scenario(
    "durin-log-in-bodies",
    [
        call("POST", "/auth/login/", **form("username=ada&password=correct+horse&client=web"), save={"a": "token"}),
        call("POST", "/auth/login/", **multipart({**BOB, "client": "web"}), save={"b": "token"}),
        call("POST", "/auth/login/", json={**BOB, "client": "cli", "more": [1]}, save={"c": "token"}),
    ],
)
scenario(
    "durin-log-in-refused",
    [
        durin_fails(json={"username": "ada", "password": "wrong", "client": "web"}),
        durin_fails(json={"username": "nobody", "password": "wrong", "client": "web"}),
        durin_fails(json={"username": "gone", "password": "gone", "client": "web"}),
        durin_fails(json={"username": "ada", "password": "wrong", "client": "unknown"}),
        durin_fails(json={"username": "ada", "password": "wrong"}),
    ],
)
scenario(
    "durin-log-in-without-client",
    [
        durin_fails(json=ADA),
        durin_fails(json={**ADA, "client": ""}),
        durin_fails(json={**ADA, "client": None}),
        durin_fails(json={**ADA, "client": "unknown"}),
        durin_fails(json={**ADA, "client": "WEB"}),
        durin_fails(json={**ADA, "client": 7}),
        durin_fails(**form("username=ada&password=correct+horse")),
    ],
)
scenario(
    "durin-log-in-fields",
    [
        durin_fails(),
        durin_fails(json={}),
        durin_fails(json={"client": "web"}),
        durin_fails(json={"username": "ada", "client": "web"}),
        durin_fails(json={"username": "", "password": "", "client": "web"}),
        durin_fails(json={"username": None, "password": None, "client": "web"}),
        durin_fails(json={"username": True, "password": [], "client": "web"}),
        durin_fails(json={"username": 1, "password": 2, "client": "web"}),
        durin_fails(json={"username": " ada ", "password": "correct horse", "client": "unknown"}),
        durin_fails(json=[]),
        durin_fails(body="{", type="application/json"),
        durin_fails(body="<a/>", type="application/xml"),
    ],
)
scenario(
    "durin-log-in-with-header",
    [
        call(
            "POST",
            "/auth/login/",
            json={**ADA, "client": "web"},
            save={"a": "token"},
            headers={"Authorization": "Token stale"},
        )
    ],
)
scenario(
    "durin-log-in-again",
    [durin(), durin(save="second", between={"advance": HOUR}), me("token"), durin_call("POST", "logout/")],
)
scenario(
    "durin-log-in-again-renews",
    [durin(), durin(save="second", between={"advance": HOUR})],
    settings={"REFRESH_TOKEN_ON_LOGIN": True},
)
scenario("durin-log-in-after-end", [durin(), durin(save="second", between={"advance": DAY + 1}), me("second")])
scenario(
    "durin-expired",
    [
        durin(),
        me("token", between={"advance": DAY - 1}),
        me("token", between={"advance": 1}),
        me("token", between={"advance": 1}),
        me("token"),
    ],
)
scenario(
    "durin-refresh",
    [
        durin(),
        durin_call("POST", "refresh/", between={"advance": 23 * HOUR}),
        me("token", between={"advance": 23 * HOUR}),
        me("token", between={"advance": HOUR + 1}),
        durin_call("POST", "refresh/"),
        call("POST", "/auth/refresh/"),
    ],
)
scenario("durin-refresh-by-password", [durin(), call("POST", "/auth/refresh/", headers=basic(ADA))], basic=True)
scenario(
    "durin-log-out-by-password", [durin(), call("POST", "/auth/logout/", headers=basic(ADA)), me("token")], basic=True
)
scenario(
    "durin-log-out-everywhere-by-password",
    [durin(), call("POST", "/auth/logoutall/", headers=basic(ADA)), me("token")],
    basic=True,
)
scenario(
    "durin-sessions-by-password", [durin(save="token"), call("GET", "/auth/sessions/", headers=basic(ADA))], basic=True
)
scenario(
    "durin-log-out",
    [
        durin(),
        durin(client="cli", save="second"),
        durin_call("POST", "logout/"),
        me("token"),
        me("second"),
        durin_call("POST", "logout/"),
        call("POST", "/auth/logout/"),
    ],
)
scenario(
    "durin-log-out-everywhere",
    [
        durin(),
        durin(client="cli", save="second"),
        durin(BOB, save="other"),
        call("POST", "/auth/logoutall/"),
        durin_call("POST", "logoutall/"),
        me("token"),
        me("second"),
        me("other"),
    ],
)
scenario(
    "durin-sessions",
    [
        durin(),
        durin_call("GET", "sessions/", save={"one": "0.id"}),
        durin(client="cli", save="second"),
        durin(BOB, save="other"),
        durin_call("GET", "sessions/", "other", save={"his": "0.id"}),
        durin_call("DELETE", "sessions//${one}", "second"),
        me("token"),
        me("second"),
        durin_call("DELETE", "sessions//${one}", "second"),
        durin_call("DELETE", "sessions//${his}", "second"),
        me("other"),
        durin_call("DELETE", "sessions//no-id", "second"),
        durin_call("GET", "sessions/", "second", save={"two": "0.id"}),
        durin_call("DELETE", "sessions//${two}", "second"),
        me("second"),
        call("GET", "/auth/sessions/"),
        call("DELETE", "/auth/sessions//${two}"),
    ],
)
scenario(
    "durin-sessions-address",
    [
        durin(),
        durin_call("GET", "sessions/", save={"one": "0.id"}),
        durin(client="cli", save="second"),
        durin_call("DELETE", "sessions/${one}", "second"),
    ],
)
scenario(
    "durin-sessions-later",
    [durin(), durin_call("GET", "sessions/", between={"advance": 12 * HOUR}, save={"one": "0.id"})],
)
scenario(
    "durin-sessions-expired",
    [
        durin(client="cli"),
        durin(save="second"),
        durin_call("GET", "sessions/", "second", between={"advance": HOUR + 1}, save={"one": "0.id", "two": "1.id"}),
    ],
)
API = {"API_ACCESS_CLIENT_NAME": "api"}
scenario(
    "durin-api-access",
    [
        durin(),
        durin_call("GET", "apiaccess/"),
        durin_call("DELETE", "apiaccess/"),
        durin_call("POST", "apiaccess/", save={"api": "token"}),
        me("api"),
        durin_call("GET", "apiaccess/"),
        durin_call("POST", "apiaccess/"),
        durin_call("GET", "apiaccess/", "api"),
        durin(BOB, save="other"),
        durin_call("GET", "apiaccess/", "other"),
        durin_call("DELETE", "apiaccess/"),
        me("api"),
        me("token"),
        durin_call("DELETE", "apiaccess/"),
        durin_call("POST", "apiaccess/", save={"again": "token"}),
        me("again"),
        call("GET", "/auth/apiaccess/"),
        call("POST", "/auth/apiaccess/"),
        call("DELETE", "/auth/apiaccess/"),
    ],
    settings=API,
)
scenario(
    "durin-api-access-with-token",
    [durin(), durin_call("POST", "apiaccess/", save={"api": "token"}), durin_call("GET", "apiaccess/")],
    settings={**API, "API_ACCESS_RESPONSE_INCLUDE_TOKEN": True},
)
scenario(
    "durin-api-access-among-sessions",
    [
        durin(),
        durin_call("POST", "apiaccess/", save={"api": "token"}),
        durin_call("GET", "sessions/", save={"one": "0.id", "two": "1.id"}),
    ],
    settings=API,
)
scenario(
    "durin-api-access-not-among-sessions",
    [
        durin(),
        durin_call("POST", "apiaccess/", save={"api": "token"}),
        durin_call("GET", "sessions/", save={"one": "0.id"}),
    ],
    settings={**API, "API_ACCESS_EXCLUDE_FROM_SESSIONS": True},
)
scenario(
    "durin-api-access-and-log-out-everywhere",
    [durin(), durin_call("POST", "apiaccess/", save={"api": "token"}), durin_call("POST", "logoutall/"), me("api")],
    settings=API,
)
BY_API = [
    durin(),
    durin_call("GET", "sessions/", save={"one": "0.id"}),
    durin_call("POST", "apiaccess/", save={"api": "token"}),
]
scenario("durin-api-access-refreshes", [*BY_API, durin_call("POST", "refresh/", "api")], settings=API)
scenario(
    "durin-api-access-logs-out", [*BY_API, durin_call("POST", "logout/", "api"), me("api"), me("token")], settings=API
)
scenario(
    "durin-api-access-logs-out-everywhere",
    [*BY_API, durin_call("POST", "logoutall/", "api"), me("api"), me("token")],
    settings=API,
)
scenario(
    "durin-api-access-ends-a-session",
    [*BY_API, durin_call("DELETE", "sessions//${one}", "api"), me("token")],
    settings=API,
)
scenario(
    "durin-api-access-makes-another",
    [*BY_API, durin_call("DELETE", "apiaccess/", "api"), me("api")],
    settings=API,
)
scenario(
    "durin-api-access-expired",
    [
        *BY_API,
        durin(save="second", between={"advance": 30 * DAY + 1}, client="cli"),
        durin_call("GET", "apiaccess/", "second"),
        durin_call("POST", "apiaccess/", "second", save={"new": "token"}),
    ],
    settings=API,
)
scenario(
    "durin-without-api-access", [durin()] + [durin_call(method, "apiaccess/") for method in ("GET", "POST", "DELETE")]
)
headers({"kind": "durin", "step": durin()})
scenario("durin-disabled", [durin(), me("token", between={"change": {"username": "ada", "active": False}})])
scenario(
    "durin-enabled-again",
    [
        durin(),
        me("token", between={"change": {"username": "ada", "active": False}}),
        me("token", between={"change": {"username": "ada", "active": True}}),
    ],
)
scenario("durin-new-password", [durin(), me("token", between={"change": {"username": "ada", "password": "new"}})])
methods(
    "durin-methods",
    durin(),
    [
        (method, f"/auth/{path}", token("token"))
        for path, methods in {
            "login/": ("GET", "PUT"),
            "refresh/": ("GET", "DELETE"),
            "logout/": ("GET",),
            "logoutall/": ("GET",),
            "sessions/": ("POST", "DELETE"),
            "sessions//1": ("GET", "PUT", "PATCH"),
            "apiaccess/": ("PUT", "PATCH"),
        }.items()
        for method in methods
    ],
    settings=API,
)
scenario("durin-options", [durin(), durin_call("OPTIONS", "logout/")])
