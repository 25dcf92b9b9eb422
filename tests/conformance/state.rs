//! What a case sets up: accounts, tokens, logins, views and settings, and the router state that holds them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use auth_runtime::settings::{CsrfMode, CsrfSettings, PasswordSettings, SessionSettings};
use auth_runtime::store::{
    AccessToken, AccountStore, CredentialStore, Id, Keep, LoginStore, NewAccount, NewCredential, NewLogin, NewToken,
    TokenStore,
};
use auth_runtime::{
    AuthContext, AuthState, Clock, Digest, ErrorFormat, NewSecret, NoDefaultPolicy, Peers, Proxies, PublicOrigin,
    Settings, TokenFormat, TrustedOrigin,
};
use axum::Json;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use crate::backend::{AuthBackends, CaseBackend, CaseUser};
use crate::case::{HandlerSetup, Mutation, SettingsSetup, Setup, ViewSetup};
use crate::model::{self, ModelView, Objects};
use crate::permission::Rule;
use crate::scheme::SchemeSpec;
use crate::throttle::{self, CANNOT_BE_DECLARED, CaseThrottle};

/// The numbers of the views of a case.
pub(crate) const VIEW: usize = 0;
pub(crate) const VIEW2: usize = 1;
pub(crate) const OBTAIN: usize = 2;

/// A view, its defaults filled in.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) schemes: Vec<SchemeSpec>,
    pub(crate) permissions: Vec<Rule>,
    /// Or why no handler can state them.
    pub(crate) throttles: Result<Vec<CaseThrottle>, String>,
    pub(crate) methods: Vec<String>,
    pub(crate) handler: HandlerSetup,
    pub(crate) model: Option<ModelView>,
    /// The lists as the case or its settings write them, when nothing but methods is said besides.
    pub(crate) plain: Option<Lists>,
}

/// What a handler's attributes say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lists {
    pub(crate) authentication: Value,
    pub(crate) permissions: Value,
    /// What each counts by, and its rate: `user 1/min`.
    pub(crate) throttles: Vec<String>,
}

/// All that the requests of a case share.
#[derive(Debug)]
pub(crate) struct World {
    settings: Settings,
    backend: CaseBackend,
    custom: CaseBackend,
    keys: HashMap<Id, String>,
    custom_keys: HashMap<Id, String>,
    views: [View; 3],
    anonymous: (Option<CaseUser>, Option<Value>),
    pub(crate) cookies: HashMap<String, String>,
    objects: Objects,
}

/// The router state: the world as seen under `http` or `https`.
#[derive(Debug, Clone)]
pub(crate) struct CaseState {
    authentication: AuthContext<CaseBackend>,
    world: Arc<World>,
}

impl AuthState for CaseState {
    type Backend = CaseBackend;
    type DefaultPolicy = NoDefaultPolicy;

    fn auth_context(&self) -> &AuthContext<CaseBackend> {
        &self.authentication
    }
}

impl CaseState {
    pub(crate) fn new(world: &Arc<World>, https: bool) -> Self {
        let settings = world.settings.clone().with_public_origin(PublicOrigin::host_header(https));
        let authentication = AuthContext::with_settings(world.backend.clone(), settings);
        Self { authentication, world: Arc::clone(world) }
    }

    pub(crate) fn view(&self, number: usize) -> &View {
        &self.world.views[number]
    }

    pub(crate) fn anonymous(&self) -> (Option<CaseUser>, Option<Value>) {
        self.world.anonymous.clone()
    }

    pub(crate) fn custom_tokens(&self) -> &CaseBackend {
        &self.world.custom
    }

    pub(crate) fn objects(&self) -> &Objects {
        &self.world.objects
    }

    pub(crate) fn key_of(&self, token: &AccessToken) -> Value {
        json!(self.world.keys.get(&token.id))
    }

    pub(crate) fn custom_key_of(&self, token: &AccessToken) -> Value {
        json!(self.world.custom_keys.get(&token.id))
    }
}

impl World {
    /// Builds what the case describes, or says what it does not understand.
    pub(crate) async fn build(setup: &Setup) -> Result<Self, String> {
        let given = &setup.settings;
        let backend = CaseBackend::new(AuthBackends::parse(given.auth_backends.as_deref())?);
        let custom = backend.beside();
        let obtain = ViewSetup {
            permissions: Some(Vec::new()),
            throttles: Some(Vec::new()),
            ..setup.obtain.clone().unwrap_or_default()
        };
        let obtain = match &setup.obtain {
            Some(ViewSetup { permissions, throttles, .. }) => ViewSetup {
                permissions: permissions.clone().or(obtain.permissions),
                throttles: throttles.clone().or(obtain.throttles),
                ..obtain
            },
            None => obtain,
        };
        let view = |setup: &Option<ViewSetup>| View::build(setup.as_ref().unwrap_or(&ViewSetup::default()), given);
        let mut world = Self {
            settings: settings(given)?,
            custom,
            keys: HashMap::new(),
            custom_keys: HashMap::new(),
            views: [view(&setup.view)?, view(&setup.view2)?, view(&Some(obtain))?],
            anonymous: anonymous(given),
            cookies: HashMap::new(),
            objects: Objects::of(&setup.objects),
            backend,
        };
        world.fill(setup).await.map_err(|error| format!("the setup: {error}"))?;
        world.backend.take_calls();
        Ok(world)
    }

    async fn fill(&mut self, setup: &Setup) -> Result<(), Box<dyn std::error::Error>> {
        let passwords = AuthContext::with_settings(self.backend.clone(), self.settings.clone());
        for user in &setup.users {
            let mut account = NewAccount::new(&user.username).active(user.is_active).staff(user.is_staff);
            if let Some(password) = &user.password {
                account = account.with_password_hash(passwords.passwords().hash(password).await?);
            }
            self.backend.store.create_account(&account).await??;
            self.custom.store.create_account(&account).await??;
            model::grant(&self.backend.store, &user.username, &user.permissions, None).await?;
        }
        for row in &setup.objects {
            for (username, names) in &row.grants {
                model::grant(&self.backend.store, username, names, Some(row.id)).await?;
            }
        }
        for token in &setup.tokens {
            match token.model.as_deref() {
                None => give_token(&self.backend, &mut self.keys, &token.user, &token.key).await?,
                Some("custom") => give_token(&self.custom, &mut self.custom_keys, &token.user, &token.key).await?,
                Some(other) => return Err(format!("the token model {other} is not understood").into()),
            }
        }
        let now = self.settings.clock().now();
        for session in &setup.sessions {
            let cookie = format!("login-cookie-of-{}-{}", session.id, session.user);
            let client = self.settings.client().clone();
            let age = client.absolute_lifetime().filter(|_| session.expired).unwrap_or_default();
            let bound = session.csrf.clone().filter(|_| *self.settings.csrf().secret_in_login());
            let credential = NewCredential::Cookie { digest: Digest::of(cookie.as_bytes()), csrf_secret: bound };
            let login = NewLogin::new(credential, client, now.saturating_sub(age));
            self.backend.insert_login(&known(&self.backend, &session.user).await?, login).await?;
            self.cookies.insert(session.id.clone(), cookie);
        }
        for mutation in &setup.after {
            self.mutate(mutation, &passwords).await?;
        }
        Ok(())
    }

    async fn mutate(
        &mut self,
        mutation: &Mutation,
        passwords: &AuthContext<CaseBackend>,
    ) -> Result<(), Box<dyn std::error::Error>> {
        for owner in [&mutation.delete_token_of, &mutation.regenerate_token_of].into_iter().flatten() {
            if let Some(owner) = self.backend.store.account(owner).await? {
                self.backend.store.revoke_tokens(&owner).await?;
            }
        }
        if let Some(owner) = &mutation.regenerate_token_of {
            let key = NewSecret::generate()?.reveal().to_owned();
            give_token(&self.backend, &mut self.keys, owner, &key).await?;
        }
        let Some(user) = &mutation.user else { return Ok(()) };
        for store in [&self.backend.store, &self.custom.store] {
            if let Some(is_active) = mutation.is_active {
                store.set_active(user, is_active).await?;
            }
            if let Some(password) = &mutation.set_password {
                let hash = passwords.passwords().hash(password).await?;
                store.set_password_hash(user, Some(&hash), Keep::default()).await?;
            }
            if mutation.delete {
                store.delete_account(user).await?;
            }
        }
        Ok(())
    }

    pub(crate) fn view(&self, number: usize) -> &View {
        &self.views[number]
    }

    pub(crate) fn backend(&self) -> &CaseBackend {
        &self.backend
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.settings.clock()
    }
}

async fn known(backend: &CaseBackend, username: &str) -> Result<CaseUser, Box<dyn std::error::Error>> {
    backend.user(username).await?.ok_or_else(|| format!("there is no user {username}").into())
}

async fn give_token(
    backend: &CaseBackend,
    keys: &mut HashMap<Id, String>,
    owner: &str,
    key: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let token = NewToken::new(Digest::of(key.as_bytes()), Duration::ZERO);
    let kept = backend.insert_token(&known(backend, owner).await?, token).await?.kept();
    keys.insert(kept.ok_or("the token was not kept")?.id, key.to_owned());
    Ok(())
}

fn anonymous(given: &SettingsSetup) -> (Option<CaseUser>, Option<Value>) {
    let user = match &given.unauthenticated_user {
        Some(Value::Null) => None,
        _ => Some(CaseUser::Anonymous),
    };
    (user, given.unauthenticated_token.clone().filter(|token| !token.is_null()))
}

fn settings(given: &SettingsSetup) -> Result<Settings, String> {
    let mut csrf = CsrfSettings::default().with_mode(CsrfMode::Token).with_secret_in_login(given.csrf_use_sessions);
    let origins = given.csrf_trusted_origins.iter().map(|text| TrustedOrigin::parse(text));
    csrf = csrf.with_trusted_origins(origins.collect::<Result<_, _>>().map_err(|error| error.to_string())?);
    if let Some(name) = &given.csrf_cookie_name {
        csrf = csrf.with_cookie_name(name.clone());
    }
    if let Some(name) = &given.csrf_header_name {
        csrf = csrf.with_header_name(name.strip_prefix("HTTP_").unwrap_or(name).replace('_', "-"));
    }
    let format = match given.exception_handler.as_deref() {
        // A hook that says nothing is the default one here: it cannot turn a refusal into a fault of the server.
        None | Some("default" | "none") => ErrorFormat::DetailOnly,
        Some("add_status_code") => ErrorFormat::custom(|error, status| {
            Json(json!({ "detail": error.detail(), "status_code": status.as_u16() })).into_response()
        }),
        Some("full_details") => ErrorFormat::custom(|error, _| {
            Json(json!({ "message": error.detail(), "code": error.code() })).into_response()
        }),
        Some(other) => return Err(format!("the exception handler {other}")),
    };
    let key = given.non_field_errors_key.clone().unwrap_or_else(|| "non_field_errors".to_owned());
    let proxies = u8::try_from(given.num_proxies.unwrap_or(0)).map_err(|error| error.to_string())?;
    Ok(Settings::default()
        .with_proxies(Proxies::hops(proxies))
        .with_clock(Clock::manual(Duration::from_secs(1_800_000_000)))
        .with_csrf(csrf)
        .with_error_format(format)
        .with_gateways(Peers::parse(["127.0.0.1"]).map_err(|error| error.to_string())?)
        .with_login_redirect("/accounts/profile/".to_owned())
        .with_non_field_errors_key(key)
        .with_passwords(PasswordSettings::default().with_memory_kib(8).with_iterations(1))
        .with_session(SessionSettings::insecure_for_development())
        .with_token_format(TokenFormat::default().with_foreign(true)))
}

impl View {
    fn build(setup: &ViewSetup, given: &SettingsSetup) -> Result<Self, String> {
        let model = setup.model.as_deref().map(ModelView::parse).transpose()?;
        let methods = model.map_or(&["GET", "POST", "PUT"][..], ModelView::methods);
        let strings = |texts: &[&str]| texts.iter().map(|&text| json!(text)).collect::<Vec<_>>();
        let schemes = setup.authentication.clone().or_else(|| given.default_authentication.clone());
        let schemes = schemes.unwrap_or_else(|| strings(&["session", "basic"]));
        let permissions = setup.permissions.clone().or_else(|| given.default_permissions.clone());
        let permissions = permissions.unwrap_or_else(|| strings(&["AllowAny"]));
        let throttles = setup.throttles.as_ref().or(given.default_throttles.as_ref()).cloned().unwrap_or_default();
        let none = BTreeMap::new();
        let rates = given.default_throttle_rates.as_ref().unwrap_or(&none);
        let stated =
            throttles.iter().map(|throttle| throttle::stated(throttle, setup.throttle_scope.as_deref(), rates));
        let stated: Option<Vec<_>> = stated.collect();
        let throttles: Result<Vec<_>, String> = throttles
            .iter()
            .filter_map(|throttle| CaseThrottle::parse(throttle, setup.throttle_scope.as_deref(), rates).transpose())
            .collect();
        let throttles = match throttles {
            Err(error) if !error.ends_with(CANNOT_BE_DECLARED) => return Err(error),
            throttles => throttles,
        };
        let default_anonymous = given.unauthenticated_user.is_none() && given.unauthenticated_token.is_none();
        let plain = setup.handler.is_none() && setup.renderers.is_none() && default_anonymous;
        Ok(Self {
            schemes: schemes.iter().map(SchemeSpec::parse).collect::<Result<_, _>>()?,
            permissions: permissions.iter().map(Rule::parse).collect::<Result<_, _>>()?,
            throttles,
            methods: setup.methods.clone().unwrap_or_else(|| methods.iter().map(|&name| name.to_owned()).collect()),
            model,
            handler: setup.handler.clone().unwrap_or_default(),
            plain: stated.filter(|_| plain).map(|throttles| Lists {
                authentication: Value::Array(schemes),
                permissions: Value::Array(permissions),
                throttles,
            }),
        })
    }
}
