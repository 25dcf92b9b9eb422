//! What happened: [`EventKind`].

use std::fmt;

/// What kind of [`Event`](crate::event::Event) it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// Somebody logged in.
    LoggedIn,
    /// An account was made.
    AccountCreated,
    /// An account was deleted, with its logins and tokens.
    AccountDeleted,
    /// An account that was disabled may be used again.
    AccountEnabled,
    /// An account may no longer be used. Its logins and tokens have ended.
    AccountDisabled,
    /// An account has another password, or none any more.
    PasswordChanged,
    /// An account became staff, or is no longer.
    StaffChanged,
    /// A scheme refused the credentials of a request: a wrong token, password, key or signature.
    CredentialsRefused,
    /// A name and a password were tried and are wrong.
    LoginFailed,
    /// There were too many failures, so the password was not looked at.
    LoginThrottled,
    /// The password was right, and the client's rules forbid the login.
    LoginRefused,
    /// Somebody logged out.
    LoggedOut,
    /// A login was ended from the list of logins, or all of them.
    LoginRevoked,
    /// A personal token was made.
    TokenCreated,
    /// An access token was renewed.
    TokenRenewed,
    /// A personal token was ended.
    TokenRevoked,
}

impl EventKind {
    /// Its stable name, as logs have it: `logged_in`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account_created",
            Self::AccountDeleted => "account_deleted",
            Self::AccountEnabled => "account_enabled",
            Self::AccountDisabled => "account_disabled",
            Self::PasswordChanged => "password_changed",
            Self::StaffChanged => "staff_changed",
            Self::CredentialsRefused => "credentials_refused",
            Self::LoggedIn => "logged_in",
            Self::LoginFailed => "login_failed",
            Self::LoginThrottled => "login_throttled",
            Self::LoginRefused => "login_refused",
            Self::LoggedOut => "logged_out",
            Self::LoginRevoked => "login_revoked",
            Self::TokenCreated => "token_created",
            Self::TokenRenewed => "token_renewed",
            Self::TokenRevoked => "token_revoked",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
