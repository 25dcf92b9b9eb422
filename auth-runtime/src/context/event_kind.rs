//! The kind of an event: [`EventKind`].

use std::fmt;

/// The kind of an [`Event`](crate::event::Event).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// An account logged in.
    LoggedIn,
    /// An account was created.
    AccountCreated,
    /// An account was deleted, with its logins and tokens.
    AccountDeleted,
    /// A disabled account was enabled.
    AccountEnabled,
    /// An account was disabled. Its logins and tokens have ended.
    AccountDisabled,
    /// The password of an account was changed or removed.
    PasswordChanged,
    /// An account became staff, or is no longer staff.
    StaffChanged,
    /// A scheme refused the credentials of a request: a wrong token, password, key or signature.
    CredentialsRefused,
    /// A name and a password were tried, and are wrong.
    LoginFailed,
    /// There were too many failures, so the password was not checked.
    LoginThrottled,
    /// The password was right, but the client's rules forbid the login.
    LoginRefused,
    /// An account logged out.
    LoggedOut,
    /// A login, or all of them, were ended from the list of logins.
    LoginRevoked,
    /// A personal token was made.
    TokenCreated,
    /// An access token was renewed.
    TokenRenewed,
    /// A personal token was ended.
    TokenRevoked,
}

impl EventKind {
    /// Returns its stable name, as in logs: `logged_in`.
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
