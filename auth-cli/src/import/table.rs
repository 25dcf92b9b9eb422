//! The tables of Django to read, and their columns.

use serde::{Serialize, Serializer};

use crate::options::Part;

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Users,
    Tokens,
    Knox,
    DurinClients,
    DurinTokens,
}

/// Selects the columns of a table, all as text, so that both databases and values of any type are read in the same way. The
/// first column identifies the row in the report. It is the id of a user or of the row, since the primary keys of tokens are
/// secrets.
macro_rules! rows {
    (clients $ttl:literal) => {
        concat!(
            "SELECT CAST(id AS TEXT), CAST(name AS TEXT), CAST(",
            $ttl,
            " AS TEXT), CAST(throttle_rate AS TEXT) FROM durin_client ORDER BY id"
        )
    };
    ($table:literal: $($column:literal),+) => {
        concat!(
            "SELECT CAST(token.user_id AS TEXT), CAST(owner.username AS TEXT), CAST(token.created AS TEXT)",
            $(", CAST(", $column, " AS TEXT)",)+
            " FROM ", $table, " token LEFT JOIN auth_user owner ON owner.id = token.user_id"
        )
    };
}

const USERS: &str = "SELECT CAST(id AS TEXT), CAST(username AS TEXT), CAST(password AS TEXT), CAST(is_active AS TEXT), \
     CAST(is_staff AS TEXT), CAST(is_superuser AS TEXT) FROM auth_user ORDER BY id";
const DURIN_TOKENS: &str = "SELECT CAST(token.id AS TEXT), CAST(owner.username AS TEXT), CAST(token.created AS TEXT), \
     CAST(token.token AS TEXT), CAST(token.expiry AS TEXT), CAST(token.client_id AS TEXT) FROM durin_authtoken token \
     LEFT JOIN auth_user owner ON owner.id = token.user_id ORDER BY token.id";

impl Table {
    pub(super) const ALL: [Self; 5] = [Self::Users, Self::Tokens, Self::Knox, Self::DurinClients, Self::DurinTokens];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Users => "auth_user",
            Self::Tokens => "authtoken_token",
            Self::Knox => "knox_authtoken",
            Self::DurinClients => "durin_client",
            Self::DurinTokens => "durin_authtoken",
        }
    }

    pub(super) fn part(self) -> Part {
        match self {
            Self::Users => Part::Users,
            Self::Tokens => Part::Tokens,
            Self::Knox => Part::Knox,
            Self::DurinClients | Self::DurinTokens => Part::Durin,
        }
    }

    /// Returns the column that identifies a row in the report.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Users | Self::DurinClients | Self::DurinTokens => "id",
            Self::Tokens | Self::Knox => "user_id",
        }
    }

    /// Returns the tables that the rows refer to.
    pub(super) fn needs(self) -> &'static [Self] {
        match self {
            Self::Users | Self::DurinClients => &[],
            Self::Tokens | Self::Knox => &[Self::Users],
            Self::DurinTokens => &[Self::Users, Self::DurinClients],
        }
    }

    pub(super) fn count(self) -> &'static str {
        match self {
            Self::Users => "SELECT count(*) FROM auth_user",
            Self::Tokens => "SELECT count(*) FROM authtoken_token",
            Self::Knox => "SELECT count(*) FROM knox_authtoken",
            Self::DurinClients => "SELECT count(*) FROM durin_client",
            Self::DurinTokens => "SELECT count(*) FROM durin_authtoken",
        }
    }

    pub(super) fn rows_of_sqlite(self) -> &'static str {
        match self {
            // Whole microseconds. Arithmetic would turn any text into a number.
            Self::DurinClients => rows!(clients "token_ttl"),
            _ => self.rows(),
        }
    }

    pub(super) fn rows_of_postgres(self) -> &'static str {
        match self {
            Self::DurinClients => rows!(clients "CAST(extract(epoch FROM token_ttl) * 1000000 AS NUMERIC)"),
            _ => self.rows(),
        }
    }

    fn rows(self) -> &'static str {
        match self {
            Self::Users => USERS,
            Self::Tokens => rows!("authtoken_token": "token.\"key\""),
            Self::Knox => rows!("knox_authtoken": "token.digest", "token.expiry"),
            Self::DurinTokens => DURIN_TOKENS,
            Self::DurinClients => rows!(clients "token_ttl"),
        }
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
