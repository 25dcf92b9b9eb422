//! The schema of a case. What it does not know, it refuses, so that no case is read as something that it does not say.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A case: what there is, what is asked of it, what must come of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    #[serde(rename = "group")]
    _group: String,
    #[serde(rename = "level")]
    _level: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) setup: Setup,
    #[serde(default)]
    pub(crate) pre: Vec<Exchange>,
    pub(crate) request: Request,
    pub(crate) expect: Expect,
    #[serde(default)]
    pub(crate) post_state: Option<PostState>,
    #[serde(default, rename = "source")]
    _source: Value,
    #[serde(default, rename = "observed")]
    _observed: Value,
    #[serde(default, rename = "verified")]
    _verified: Value,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    #[serde(default)]
    pub(crate) expect: Option<Expect>,
    #[serde(default, rename = "observed")]
    _observed: Value,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    #[serde(default)]
    pub(crate) users: Vec<UserSetup>,
    #[serde(default)]
    pub(crate) tokens: Vec<TokenSetup>,
    #[serde(default)]
    pub(crate) sessions: Vec<SessionSetup>,
    #[serde(default)]
    pub(crate) objects: Vec<RowSetup>,
    #[serde(default)]
    pub(crate) after: Vec<Mutation>,
    #[serde(default)]
    pub(crate) view: Option<ViewSetup>,
    #[serde(default)]
    pub(crate) view2: Option<ViewSetup>,
    #[serde(default)]
    pub(crate) obtain: Option<ViewSetup>,
    #[serde(default)]
    pub(crate) settings: SettingsSetup,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserSetup {
    pub(crate) username: String,
    #[serde(default)]
    pub(crate) password: Option<String>,
    #[serde(default = "yes")]
    pub(crate) is_active: bool,
    #[serde(default)]
    pub(crate) is_staff: bool,
    #[serde(default, rename = "is_superuser")]
    _is_superuser: bool,
    #[serde(default, rename = "email")]
    _email: Option<String>,
    #[serde(default)]
    pub(crate) permissions: Vec<String>,
}

/// An object of the model, and who was granted what for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowSetup {
    pub(crate) id: u64,
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) grants: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenSetup {
    pub(crate) user: String,
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) model: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionSetup {
    pub(crate) id: String,
    pub(crate) user: String,
    #[serde(default)]
    pub(crate) expired: bool,
    #[serde(default)]
    pub(crate) csrf: Option<String>,
}

/// A change after tokens and sessions exist.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutation {
    #[serde(default)]
    pub(crate) user: Option<String>,
    #[serde(default)]
    pub(crate) is_active: Option<bool>,
    #[serde(default)]
    pub(crate) set_password: Option<String>,
    #[serde(default)]
    pub(crate) delete: bool,
    #[serde(default)]
    pub(crate) delete_token_of: Option<String>,
    #[serde(default)]
    pub(crate) regenerate_token_of: Option<String>,
    /// Which of the framework's interfaces makes the change: all of them mean the same here.
    #[serde(default, rename = "via")]
    _via: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewSetup {
    /// `None` is the global default.
    #[serde(default)]
    pub(crate) authentication: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) permissions: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) throttles: Option<Vec<ThrottleSetup>>,
    #[serde(default)]
    pub(crate) throttle_scope: Option<String>,
    #[serde(default)]
    pub(crate) methods: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) handler: Option<HandlerSetup>,
    #[serde(default)]
    pub(crate) model: Option<String>,
    #[serde(default)]
    pub(crate) renderers: Option<Vec<Value>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThrottleSetup {
    pub(crate) class: String,
    #[serde(default)]
    pub(crate) rate: Option<String>,
    #[serde(default)]
    pub(crate) scope: Option<String>,
    #[serde(default)]
    pub(crate) rates: Option<BTreeMap<String, Option<String>>>,
    #[serde(default)]
    pub(crate) allow: Option<usize>,
    #[serde(default)]
    pub(crate) wait: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandlerSetup {
    #[serde(default)]
    pub(crate) raise: Option<String>,
    #[serde(default)]
    pub(crate) detail: Option<String>,
    #[serde(default)]
    pub(crate) check_object: Option<ObjectSetup>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ObjectSetup {
    #[serde(default)]
    pub(crate) owner: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsSetup {
    #[serde(default)]
    pub(crate) default_authentication: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) default_permissions: Option<Vec<Value>>,
    #[serde(default)]
    pub(crate) default_throttles: Option<Vec<ThrottleSetup>>,
    #[serde(default)]
    pub(crate) default_throttle_rates: Option<BTreeMap<String, Option<String>>>,
    /// `Some(None)` where the case says `null`: there is no anonymous user then.
    #[serde(default, deserialize_with = "present")]
    pub(crate) unauthenticated_user: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) unauthenticated_token: Option<Value>,
    #[serde(default)]
    pub(crate) num_proxies: Option<usize>,
    #[serde(default)]
    pub(crate) csrf_trusted_origins: Vec<String>,
    #[serde(default)]
    pub(crate) csrf_header_name: Option<String>,
    #[serde(default)]
    pub(crate) csrf_cookie_name: Option<String>,
    #[serde(default)]
    pub(crate) csrf_use_sessions: bool,
    #[serde(default)]
    pub(crate) auth_backends: Option<String>,
    /// Views of an API are exempt from it (R9), as every axum handler is.
    #[serde(default, rename = "login_required_middleware")]
    _login_required_middleware: bool,
    #[serde(default)]
    pub(crate) exception_handler: Option<String>,
    /// Nothing is translated here: a case that wants a translation fails by its text.
    #[serde(default, rename = "locale_middleware")]
    _locale_middleware: bool,
    #[serde(default)]
    pub(crate) non_field_errors_key: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Texts>,
    #[serde(default)]
    pub(crate) cookies: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) json: Option<Value>,
    #[serde(default)]
    pub(crate) form: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub(crate) multipart: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub(crate) body_raw: Option<String>,
    #[serde(default)]
    pub(crate) scheme: Option<String>,
    #[serde(default)]
    pub(crate) remote_addr: Option<String>,
    #[serde(default)]
    pub(crate) server_vars: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) repeat: Option<usize>,
    #[serde(default)]
    pub(crate) advance_clock_s: Option<f64>,
}

/// A header sent once or several times.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Texts {
    pub(crate) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    #[serde(default)]
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) headers_absent: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    pub(crate) json: Option<Value>,
    #[serde(default)]
    pub(crate) json_keys: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) json_match: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body_contains: Vec<String>,
    #[serde(default)]
    pub(crate) body_not_contains: Vec<String>,
    #[serde(default)]
    pub(crate) body_empty: Option<bool>,
    #[serde(default)]
    pub(crate) store_queries: Option<usize>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostState {
    #[serde(default)]
    pub(crate) users_exist: Vec<String>,
    #[serde(default)]
    pub(crate) users_absent: Vec<String>,
    #[serde(default)]
    pub(crate) token_count: Option<usize>,
}

fn yes() -> bool {
    true
}

/// Tells a key with `null` from an absent one.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
