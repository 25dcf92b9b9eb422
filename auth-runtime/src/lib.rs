#![doc = include_str!("../docs/crate.md")]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]
// The guide leads to what the features add.
#![cfg_attr(not(all(feature = "metrics", feature = "test")), allow(rustdoc::broken_intra_doc_links))]

// Lets the macros be used in this crate's own documentation and tests.
extern crate self as auth_runtime;

mod context;
mod cross_site;
mod hashing;
mod identity;
mod password;
mod policy;
mod refusal;
mod value;
mod wire;

#[doc(hidden)]
#[allow(missing_docs, clippy::exhaustive_enums, clippy::exhaustive_structs)]
pub mod __private;
pub mod audit;
pub mod body;
pub mod guide;
pub mod login;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod scheme;
pub mod store;
#[cfg(feature = "test")]
pub mod testing;
pub mod views;

#[cfg(feature = "metrics")]
pub use self::context::metrics;
pub use self::context::{event, settings};
pub use self::login::{csrf, personal_token};
pub use self::policy::{permission, throttle};

#[doc = include_str!("../docs/authenticator.md")]
pub use auth_macros::Authenticator;
#[doc = include_str!("../docs/policy.md")]
pub use auth_macros::Policy;
#[doc = include_str!("../docs/authenticate.md")]
pub use auth_macros::authenticate;
#[doc = include_str!("../docs/handlers.md")]
pub use auth_macros::handlers;
#[doc = include_str!("../docs/permit.md")]
pub use auth_macros::permit;
#[doc = include_str!("../docs/throttle.md")]
pub use auth_macros::throttle;
#[doc(no_inline)]
pub use {axum, http};

pub use self::context::default_policy::{DefaultPolicy, NoDefaultPolicy};
pub use self::context::settings::Settings;
pub use self::context::state::{AuthContext, AuthState};
pub use self::cross_site::CsrfCheck;
pub use self::hashing::{HashPasswordError, Passwords, is_password_hash};
pub use self::identity::{Caller, FromCredentials, FromIdentity, Identity, Ignored, NoUser, User};
pub use self::login::accounts::Accounts;
pub use self::login::csrf::{CsrfForm, CsrfToken};
pub use self::policy::allow_anonymous::AllowAnonymous;
pub use self::policy::answer::answer;
pub use self::policy::contract::{Policy, PolicyUser};
pub use self::policy::declaration::{Declaration, SchemeDeclaration};
pub use self::policy::default_rules::{DefaultPermission, DefaultThrottles};
#[doc(hidden)]
pub use self::policy::defaults::NamesDefaultPolicy;
pub use self::policy::defaults::StateDefault;
pub use self::policy::extract::{Auth, AuthSlot, Credentials, CurrentUser, Guarded};
pub use self::policy::guard::{StatesPermission, guard};
pub use self::policy::handler::PolicyOfHandler;
pub use self::policy::permission::Permission;
pub use self::policy::steps::Challenges;
pub use self::refusal::{Answer, AuthError, ErrorFormat, ErrorKind, Rejection};
pub use self::scheme::authenticator::{Authenticator, Scheme};
pub use self::scheme::chain::{Chain, NoSchemes, OneOf, Select};
#[doc(hidden)]
pub use self::scheme::chain::{First, Later};
pub use self::scheme::outcome::{Deferred, Outcome, SchemeResult};
pub use self::scheme::resolved::Resolved;
pub use self::scheme::source::{CheckedScheme, CredentialSource};
pub use self::value::clock::Clock;
pub use self::value::secret::{Digest, NewSecret};
pub use self::value::token_format::{InvalidAppName, PresentedToken, TokenFormat, TokenKind};
pub use self::value::username::{InvalidUsername, Username};
pub use self::wire::authorization::{
    MalformedAuthorization, after_keyword as authorization_after_keyword, credentials as authorization_credentials,
    is_for as authorization_is_for,
};
pub use self::wire::challenge::Challenge;
pub use self::wire::http_token::{is_http_token, is_same_text};
pub use self::wire::origin::{InvalidOrigin, Origin, TrustedOrigin};
pub use self::wire::proxies::{InvalidPeer, Peers, Proxies};
pub use self::wire::public_origin::PublicOrigin;
