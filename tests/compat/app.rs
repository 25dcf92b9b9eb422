//! The application of a scenario, set up as the settings there say.

use std::collections::BTreeMap;
use std::time::Duration;

use auth_endpoints::Callers;
use auth_endpoints::durin::Durin;
use auth_endpoints::knox::Knox;
use auth_runtime::permission::{AllowAny, IsAuthenticated};
use auth_runtime::scheme::{Basic, Token};
use auth_runtime::store::{AccountStore, Client, ClientStore, Keep, NewAccount};
use auth_runtime::views::obtain_token;
use auth_runtime::{Auth, AuthContext, ErrorFormat, Policy};
use auth_store::{Account, MemoryStore};
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tests::{App, send, settings};

use super::recording::{Answer, Change, Kind, Scenario, Sent, Step, User};

#[derive(Policy)]
#[policy(chain(Basic), permit(IsAuthenticated))]
pub(super) struct ByPassword;

#[derive(Policy)]
#[policy(chain(Token), permit(IsAuthenticated))]
pub(super) struct ByToken;

/// Who asks for a token, by the framework's settings: a stale one in the header is refused.
#[derive(Policy)]
#[policy(chain(Token), permit(AllowAny))]
struct ByTokenIfAny;

#[derive(Policy)]
#[policy(chain(Token(keyword = "Bearer")), permit(IsAuthenticated))]
struct ByBearer;

#[derive(Policy)]
#[policy(chain(Token, Basic), permit(IsAuthenticated))]
struct ByTokenOrPassword;

/// A view that asks for tokens.
pub(super) async fn me<P>(Auth { user, .. }: Auth<Account, P>) -> Json<Value> {
    Json(json!({ "username": user.username }))
}

/// A scenario that is under way.
pub(super) struct Replayed {
    app: App,
    router: Router,
    /// What later requests name.
    variables: BTreeMap<String, Value>,
}

impl Replayed {
    pub(super) async fn of(scenario: &Scenario) -> Self {
        let settings = settings().with_error_format(ErrorFormat::DetailOnly);
        let app = AuthContext::with_settings(MemoryStore::new(), settings);
        for User { username, password, active } in &scenario.users {
            let hash = app.passwords().hash(password).await.unwrap();
            let account = NewAccount::new(username).with_password_hash(hash).active(*active);
            app.backend().create_account(&account).await.unwrap().unwrap();
        }
        for client in clients(scenario) {
            app.backend().put_client(&client).await.unwrap();
        }
        let router = router(scenario).with_state(app.clone());
        Self { app, router, variables: BTreeMap::new() }
    }

    pub(super) async fn take(&mut self, step: &Step) -> Sent {
        self.app.settings().clock().advance(Duration::from_secs(step.advance));
        if let Some(Change { username, password, active }) = &step.change {
            if let Some(password) = password {
                let hash = self.app.passwords().hash(password).await.unwrap();
                self.app.backend().set_password_hash(username, Some(&hash), Keep::default()).await.unwrap();
            }
            if let Some(active) = active {
                self.app.backend().set_active(username, *active).await.unwrap();
            }
        }
        let answer = send(&self.router, self.request(step)).await;
        let body = if answer.body.is_empty() { Value::Null } else { answer.json() };
        if answer.status.is_success() {
            self.save(&step.save, &body);
        }
        let mut wanted = step.answer.clone();
        if step.request.path == "/me/" {
            // The application's own view, which need not tell its methods.
            wanted.headers.remove("Allow");
        }
        let headers = ["Allow", "Content-Type", "WWW-Authenticate"].into_iter();
        let headers = headers.filter_map(|name| Some((name.to_owned(), answer.header(name)?.to_owned())));
        let got = Answer { status: answer.status.as_u16(), headers: headers.collect(), body: self.named(&body, None) };
        Sent { wanted, got }
    }

    fn request(&self, Step { request, .. }: &Step) -> Request<Body> {
        let mut built = Request::builder()
            .method(request.method.as_str())
            .uri(self.filled(&request.path))
            .header("host", "testserver");
        for (name, value) in &request.headers {
            let bytes: Vec<u8> = self.filled(value).chars().map(|letter| u8::try_from(letter).unwrap()).collect();
            built = built.header(name, HeaderValue::from_bytes(&bytes).unwrap());
        }
        let (media_type, body) = match (&request.json, &request.body) {
            (Some(json), _) => (Some("application/json"), json.to_string()),
            (None, Some(body)) => (request.media_type.as_deref(), body.clone()),
            (None, None) => (None, String::new()),
        };
        if let Some(media_type) = media_type {
            built = built.header("content-type", media_type);
        }
        built.body(Body::from(body)).unwrap()
    }

    /// `text` with the values of variables in the place of their names.
    fn filled(&self, text: &str) -> String {
        let mut pieces = text.split("${");
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, rest) = piece.split_once('}').unwrap();
            match self.variables.get(name) {
                Some(Value::String(text)) => filled += text,
                Some(value) => filled += &value.to_string(),
                None => filled += "missing",
            }
            filled += rest;
        }
        filled
    }

    fn save(&mut self, wanted: &BTreeMap<String, String>, body: &Value) {
        for (variable, path) in wanted {
            let value = body.pointer(&format!("/{}", path.replace('.', "/")));
            if let Some(value) = value.filter(|value| !self.variables.values().any(|known| known == *value)) {
                self.variables.insert(variable.clone(), value.clone());
            }
        }
    }

    /// The body with the names of variables in the place of their values, as `record.py` writes it.
    fn named(&self, value: &Value, key: Option<&str>) -> Value {
        match (value, key) {
            (Value::Object(fields), _) => {
                fields.iter().map(|(key, value)| (key.clone(), self.named(value, Some(key)))).collect()
            }
            (Value::Array(items), _) => items.iter().map(|item| self.named(item, None)).collect(),
            (value, Some("token" | "id")) => {
                let name = self.variables.iter().find(|(_, known)| *known == value).map(|(name, _)| name.as_str());
                format!("${{{}}}", name.unwrap_or("?")).into()
            }
            (value, _) => value.clone(),
        }
    }
}

/// The clients that do what the settings do there.
fn clients(scenario: &Scenario) -> Vec<Client> {
    let setting = |name: &str| scenario.settings.get(name);
    let seconds = |name: &str| setting(name).and_then(Value::as_u64).map(Duration::from_secs);
    let client = |name: &str| Client::new(name).unwrap().with_idle_lifetime(None).with_absolute_lifetime(None);
    match scenario.kind {
        Kind::Framework => Vec::new(),
        Kind::Knox => {
            let lifetime = if setting("TOKEN_TTL").is_some() {
                seconds("TOKEN_TTL")
            } else {
                Some(Duration::from_secs(10 * 3600))
            };
            let limit = setting("TOKEN_LIMIT_PER_USER").and_then(Value::as_u64);
            let client = client("knox").with_max_logins(limit.map(|limit| limit.try_into().unwrap()));
            vec![if setting("AUTO_REFRESH") == Some(&json!(true)) {
                client.with_idle_lifetime(lifetime).with_absolute_lifetime(seconds("AUTO_REFRESH_MAX_TTL"))
            } else {
                client.with_absolute_lifetime(lifetime)
            }]
        }
        Kind::Durin => {
            let clients = scenario.clients.iter().map(|(name, ttl)| {
                let lifetime = Some(Duration::from_secs(*ttl));
                client(name).with_access_lifetime(lifetime).with_idle_lifetime(lifetime)
            });
            clients.collect()
        }
    }
}

fn router(scenario: &Scenario) -> Router<App> {
    match (scenario.kind, scenario.settings.get("AUTH_HEADER_PREFIX").is_some(), scenario.basic) {
        (Kind::Framework, ..) => Router::new()
            .route("/api-token-auth/", obtain_token::<App, ByTokenIfAny>())
            .route("/me/", get(me::<ByToken>)),
        (Kind::Knox, true, _) => knox::<ByBearer>(scenario),
        (Kind::Knox, false, _) => knox::<ByToken>(scenario),
        (Kind::Durin, _, true) => durin::<ByTokenOrPassword>(scenario),
        (Kind::Durin, _, false) => durin::<ByToken>(scenario),
    }
}

fn knox<T: Callers<App>>(scenario: &Scenario) -> Router<App> {
    let mut knox = Knox::new();
    if scenario.settings.contains_key("USER_SERIALIZER") {
        knox = knox.with_user(user);
    }
    if scenario.settings.contains_key("EXPIRY_DATETIME_FORMAT") {
        knox = knox.with_expiry(|time| json!(day_and_hour(time)));
    }
    Router::new().nest("/auth", knox.endpoints::<ByPassword, T>()).route("/me/", get(me::<T>))
}

fn durin<T: Callers<App>>(scenario: &Scenario) -> Router<App> {
    let mut durin = Durin::new();
    if scenario.settings.contains_key("USER_SERIALIZER") {
        durin = durin.with_user(user);
    }
    if let Some(Value::String(client)) = scenario.settings.get("API_ACCESS_CLIENT_NAME") {
        durin = durin.with_api_access_client(client);
    }
    Router::new().nest("/auth", durin.endpoints::<T>()).route("/me/", get(me::<T>))
}

fn user(account: &Account) -> Value {
    json!({ "username": account.username })
}

/// `%d/%m/%y %H:%M` of a time in January 2027, which is all that the scenarios need.
fn day_and_hour(time: Duration) -> String {
    let minutes = (time.as_secs() - 1_798_761_600) / 60;
    format!("{:02}/01/27 {:02}:{:02}", minutes / 1440 + 1, minutes / 60 % 24, minutes % 60)
}
