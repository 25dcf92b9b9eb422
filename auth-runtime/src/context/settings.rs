//! An application's settings: [`Settings`].

use std::net::IpAddr;
use std::time::Duration;

use http::request::Parts;

use super::event::{EventListener, Events};
use super::personal_tokens::PersonalTokenSettings;
pub use crate::hashing::PasswordSettings;
use crate::refusal::ErrorFormat;
use crate::store::Client;
use crate::store::counters::Counters;
use crate::value::clock::Clock;
use crate::value::limit::Limit;
use crate::value::setting::setting;
use crate::value::token_format::TokenFormat;
use crate::wire::address::{UnknownAddress, network};
use crate::wire::origin::TrustedOrigin;
use crate::wire::proxies::{Peers, Proxies};
use crate::wire::public_origin::PublicOrigin;

/// An application's settings, which hold for all its handlers.
///
/// ```
/// use std::time::Duration;
/// use auth_runtime::{PublicOrigin, Settings, store::Client};
///
/// let settings = Settings::default()
///     .with_public_origin(PublicOrigin::configured("https://app.example.org").unwrap())
///     .with_client(Client::default().with_idle_lifetime(Some(Duration::from_secs(1800))));
/// assert_eq!(settings.session().cookie_name(), "__Host-sessionid");
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    client: Client,
    clock: Clock,
    counters: Counters,
    csrf: CsrfSettings,
    error_format: ErrorFormat,
    events: Events,
    gateways: Peers,
    login_failures: LoginFailures,
    login_redirect: String,
    non_field_errors_key: String,
    passwords: PasswordSettings,
    personal_tokens: PersonalTokenSettings,
    public_origin: PublicOrigin,
    session: SessionSettings,
    token_format: TokenFormat,
    unknown_address: UnknownAddress,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client: Client::default(),
            clock: Clock::default(),
            counters: Counters::default(),
            csrf: CsrfSettings::default(),
            error_format: ErrorFormat::default(),
            events: Events::default(),
            gateways: Peers::default(),
            login_failures: LoginFailures::default(),
            login_redirect: "/".to_owned(),
            non_field_errors_key: "non_field_errors".to_owned(),
            passwords: PasswordSettings::default(),
            personal_tokens: PersonalTokenSettings::default(),
            public_origin: PublicOrigin::default(),
            session: SessionSettings::default(),
            token_format: TokenFormat::default(),
            unknown_address: UnknownAddress::default(),
        }
    }
}

impl Settings {
    /// Lets a browser log in over plain HTTP, for development on your own machine. **Never use it in production.**
    ///
    /// The login cookie has no `Secure` and no `__Host-`: anyone on the network path can read it, and other programs on the
    /// same host can replace it. The public origin is `http://` and the `Host` header. All other settings are those of
    /// [`default`](Self::default). Each [`AuthContext`](crate::AuthContext) created with such settings logs a warning.
    ///
    /// ```
    /// use auth_runtime::Settings;
    ///
    /// let settings = if cfg!(debug_assertions) { Settings::for_development() } else { Settings::default() };
    /// ```
    pub fn for_development() -> Self {
        Self::default()
            .with_public_origin(PublicOrigin::host_header(false))
            .with_session(SessionSettings::insecure_for_development())
    }

    setting!(
        /** The rules of logins that name no client. A client named `default` in the store overrides it. */
        client, with_client, Client
    );
    setting!(/** The source of the time. */ clock, with_clock, Clock);
    setting!(/** The counters of throttles and failed logins. In this process by default. */ counters, with_counters, Counters);
    setting!(/** How cross-site requests are detected. */ csrf, with_csrf, CsrfSettings);
    setting!(/** The body of a refusal. */ error_format, with_error_format, ErrorFormat);
    setting!(
        /** The peers whose user header [`RemoteUser`](crate::scheme::RemoteUser) trusts. None by default. */
        gateways, with_gateways, Peers
    );
    setting!(
        /** How many logins may fail. */
        login_failures, with_login_failures, LoginFailures
    );
    setting!(
        /** The path that the login page redirects to if the request names no `next`. `/` by default. */
        login_redirect, with_login_redirect, String
    );
    setting!(
        /** The key of messages that belong to no field, in the answers of the token endpoint. */
        non_field_errors_key, with_non_field_errors_key, String
    );
    setting!(/** How passwords are hashed and verified. */ passwords, with_passwords, PasswordSettings);
    setting!(
        /** How long personal tokens are valid, and how many an account may have. */
        personal_tokens, with_personal_tokens, PersonalTokenSettings
    );
    setting!(/** The login cookie. */ session, with_session, SessionSettings);
    setting!(/** The form of the tokens that are issued and accepted. */ token_format, with_token_format, TokenFormat);

    /// Returns the name of the cookie with the CSRF token: [`CsrfSettings::cookie_name`], or else `__Host-csrftoken`, which a
    /// neighbouring host cannot set (RFC 6265bis, section 4.1.3.2). Where cookies are not `Secure`, it is `csrftoken`, since
    /// the prefix requires `Secure`.
    pub fn csrf_cookie_name(&self) -> &str {
        let default = if self.session.is_secure() { SECURE_CSRF_COOKIE } else { CSRF_COOKIE };
        self.csrf.cookie_name().unwrap_or(default)
    }

    /// Returns the origin under which browsers see this application.
    pub fn public_origin(&self) -> &PublicOrigin {
        &self.public_origin
    }

    /// Replaces [`public_origin`](Self::public_origin).
    #[must_use]
    pub fn with_public_origin(mut self, public_origin: PublicOrigin) -> Self {
        self.public_origin = public_origin.behind(self.proxies().clone());
        self
    }

    /// Returns the trusted proxies in front of this application. None by default.
    pub fn proxies(&self) -> &Proxies {
        self.public_origin.proxies()
    }

    /// Replaces [`proxies`](Self::proxies).
    #[must_use]
    pub fn with_proxies(mut self, proxies: Proxies) -> Self {
        self.public_origin = self.public_origin.behind(proxies);
        self
    }

    /// Returns the address of the caller: the one that the [trusted proxies](Self::with_proxies) report, or else the peer's. An
    /// IPv4 address stays one, even if it was mapped into IPv6.
    ///
    /// `None` means that neither is known. The peer is known if the server runs with
    /// `into_make_service_with_connect_info::<SocketAddr>()`.
    pub fn client_address(&self, request: &Parts) -> Option<IpAddr> {
        self.proxies().client_address(request)
    }

    /// Returns where events are sent.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Registers a listener for what happens to accounts, logins and tokens.
    #[must_use]
    pub fn with_event_listener(mut self, listener: impl EventListener) -> Self {
        self.events = self.events.with(listener);
        self
    }

    /// Returns the network that the caller counts as, for every limit by address. `None` means that its address is unknown:
    /// then the limit does not work, and the application logs one warning that says why.
    pub(crate) fn counted_network(&self, request: &Parts) -> Option<IpAddr> {
        let address = self.client_address(request);
        if address.is_none() {
            self.unknown_address.warn_once(request);
        }
        address.map(network)
    }
}

/// How many logins may fail before further ones are refused with 429, without looking at the password.
///
/// All places that check passwords count together: `Basic`, the login pages, the token endpoint, the endpoints of
/// `auth-endpoints` and the sign-in of `auth-admin`. Guesses from one network lock a name for that network; the account's owner
/// can still log in from elsewhere. An owner who shares a network with the guesser waits too, so keep the windows short. `None`
/// disables a limit.
///
/// A [burst](Limit::burst) of a limit is ignored: failures are counted in a sliding window.
#[derive(Debug, Clone)]
#[allow(clippy::struct_field_names)] // each says what failures are counted by
pub struct LoginFailures {
    by_name_and_network: Option<Limit>,
    by_name: Option<Limit>,
    by_address: Option<Limit>,
}

impl Default for LoginFailures {
    /// Within ten minutes: ten for a name from one network (IPv6: a /64), a hundred for a name from anywhere, and a hundred
    /// from an address (IPv6: a /64).
    fn default() -> Self {
        const WINDOW: Duration = Duration::from_secs(600);
        let few = Some(Limit::new(10, WINDOW));
        let many = Some(Limit::new(100, WINDOW));
        Self { by_name_and_network: few, by_name: many, by_address: many }
    }
}

impl LoginFailures {
    /// Counts no failures. Use it only if something in front of the application limits guesses, such as a gateway.
    pub fn unlimited() -> Self {
        Self { by_name_and_network: None, by_name: None, by_address: None }
    }

    setting!(
        /**
        The limit for a name from one network, whether or not the account exists. Callers without a known address share
        one network.
        */
        by_name_and_network, with_by_name_and_network, Option<Limit>
    );
    setting!(
        /** The limit for a name from anywhere, against guesses from many networks. Beyond it, the account's owner waits too. */
        by_name, with_by_name, Option<Limit>
    );
    setting!(/** The limit for an address, if the server knows it. */ by_address, with_by_address, Option<Limit>);
}

/// The login cookie. The [client](Settings::client) decides how long a login lasts.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    cookie_name: String,
    secure: bool,
}

impl Default for SessionSettings {
    /// Returns `__Host-sessionid`, `Secure`.
    fn default() -> Self {
        Self { cookie_name: "__Host-sessionid".to_owned(), secure: true }
    }
}

impl SessionSettings {
    /// Returns `sessionid` without `Secure`, so that a browser accepts it over plain HTTP. For development only.
    pub fn insecure_for_development() -> Self {
        Self { cookie_name: "sessionid".to_owned(), secure: false }
    }

    setting!(/** The name of the login cookie. */ cookie_name, with_cookie_name, String);

    /// Returns whether cookies are only sent over HTTPS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

/// How cross-site requests are distinguished from those of the application's own pages.
#[derive(Debug, Clone)]
pub struct CsrfSettings {
    cookie_name: Option<String>,
    header_name: String,
    mode: CsrfMode,
    secret_in_login: bool,
    trusted_origins: Vec<TrustedOrigin>,
}

/// The default name of the CSRF cookie.
pub(crate) const CSRF_COOKIE: &str = "csrftoken";
/// The default name where cookies are `Secure`.
pub(crate) const SECURE_CSRF_COOKIE: &str = "__Host-csrftoken";

/// What a request with a cookie must prove if its method may change something. For other schemes, see [`csrf`](crate::csrf).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CsrfMode {
    /// The browser states, in `Origin` or `Sec-Fetch-Site`, that the request comes from this application or a trusted origin. A
    /// request without either header needs the token.
    #[default]
    OriginOrToken,
    /// The token is always needed, and `Origin`, `Sec-Fetch-Site` and `Referer` must not name another site. Same as in Django
    /// REST framework.
    Token,
}

impl Default for CsrfSettings {
    /// Returns the header `X-CSRFToken` and the cookie of [`Settings::csrf_cookie_name`].
    fn default() -> Self {
        Self {
            cookie_name: None,
            header_name: "X-CSRFToken".to_owned(),
            mode: CsrfMode::default(),
            secret_in_login: false,
            trusted_origins: Vec::new(),
        }
    }
}

impl CsrfSettings {
    /// Returns the name of the cookie that a script copies into the header, if it was set. See [`Settings::csrf_cookie_name`].
    pub fn cookie_name(&self) -> Option<&str> {
        self.cookie_name.as_deref()
    }

    /// Sets the name of the cookie, such as `csrftoken` for the scripts of a Django front end.
    #[must_use]
    pub fn with_cookie_name(mut self, name: impl Into<String>) -> Self {
        self.cookie_name = Some(name.into());
        self
    }

    setting!(/** The name of the header with the token. */ header_name, with_header_name, String);
    setting!(/** What a request must prove if its method may change something. */ mode, with_mode, CsrfMode);
    setting!(
        /** Whether only the login record keeps the secret, so that no cookie is needed. */
        secret_in_login, with_secret_in_login, bool
    );
    setting!(
        /** Other origins whose requests count as this application's own. */
        trusted_origins, with_trusted_origins, Vec<TrustedOrigin>
    );
}
