//! [`Notice`]: the confirmation on the page after a change.

use serde::{Deserialize, Deserializer};

/// A completed change. The address of the next page contains its code, and the text always comes from this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    Disabled,
    Enabled,
    MadeStaff,
    RemovedStaff,
    LoginEnded,
    LoginsEnded,
    TokenRevoked,
    TokensRevoked,
    ClientMade,
    ClientSaved,
    ClientDeleted,
}

const ALL: [(Notice, &str, &str); 11] = [
    (Notice::Disabled, "disabled", "The account is disabled. Its logins and tokens have ended."),
    (Notice::Enabled, "enabled", "The account is enabled."),
    (Notice::MadeStaff, "made-staff", "The account belongs to the staff now."),
    (Notice::RemovedStaff, "removed-staff", "The account does not belong to the staff any more."),
    (Notice::LoginEnded, "login-ended", "The login has ended."),
    (Notice::LoginsEnded, "logins-ended", "The logins have ended."),
    (Notice::TokenRevoked, "token-revoked", "The token is revoked."),
    (Notice::TokensRevoked, "tokens-revoked", "All tokens are revoked."),
    (Notice::ClientMade, "client-made", "The client is made."),
    (Notice::ClientSaved, "client-saved", "The client is saved. New logins follow its rules."),
    (Notice::ClientDeleted, "client-deleted", "The client is deleted. Its logins have ended."),
];

impl Notice {
    fn row(self) -> &'static (Self, &'static str, &'static str) {
        ALL.iter().find(|(notice, ..)| *notice == self).unwrap_or(&ALL[0])
    }

    /// Returns the code for an address.
    pub(crate) fn code(self) -> &'static str {
        self.row().1
    }

    /// Returns the text that people read.
    pub(crate) fn text(self) -> &'static str {
        self.row().2
    }
}

/// The query of a page that can follow a change.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    #[serde(default, deserialize_with = "known")]
    pub(crate) done: Option<Notice>,
}

/// Deserializes a notice from its code. An unknown code gives `None`.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Notice>, D::Error> {
    let code = String::deserialize(deserializer)?;
    Ok(ALL.iter().find(|(_, known, _)| *known == code).map(|(notice, ..)| *notice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notice_codes_are_unique() {
        for (at, (notice, code, _)) in ALL.iter().enumerate() {
            assert_eq!(notice.code(), *code);
            let done: Done = serde_urlencoded::from_str(&format!("done={code}")).unwrap();
            assert_eq!(done.done, Some(*notice));
            assert!(ALL[at + 1..].iter().all(|(other, other_code, _)| other != notice && other_code != code), "{code}");
        }
        let other: Done = serde_urlencoded::from_str("done=<script>").unwrap();
        assert_eq!(other.done, None);
    }
}
