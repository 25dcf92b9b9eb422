//! [`Address`]: the address of a database, and how to display it without its password.

use std::fmt;

use sqlx::postgres::PgConnectOptions;

use crate::failure::Failure;

/// The address of a database, from an option or a variable. Its text may contain a password and is never displayed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// The path of a SQLite file.
    Sqlite(String),
    /// A URL such as `postgres://..`.
    Postgres(String),
}

impl Address {
    /// Parses the address in `option`.
    pub(crate) fn parse(text: &str, option: &str) -> Result<Self, Failure> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Self::file(text.strip_prefix("sqlite:").unwrap_or(text), option);
        };
        match scheme {
            "sqlite" => Self::file(rest, option),
            "postgres" | "postgresql" => {
                check_password(rest, option)?;
                // The error may quote a part of the password, so it is not displayed.
                let is_good = text.parse::<PgConnectOptions>().is_ok();
                let good = is_good.then(|| Self::Postgres(text.to_owned()));
                good.ok_or_else(|| {
                    Failure::Usage(format!("{option} cannot be read; write postgres://user@host:5432/name"))
                })
            }
            _ => Err(Failure::Usage(format!(
                "{option} names no kind of database that is known; write the path of a SQLite file, or \
                 postgres://user@host/name"
            ))),
        }
    }

    fn file(path: &str, option: &str) -> Result<Self, Failure> {
        if path.is_empty() || path == ":memory:" {
            return Err(Failure::Usage(format!("{option} needs the path of a file, or postgres://user@host/name")));
        }
        Ok(Self::Sqlite(path.to_owned()))
    }

    /// Returns the text for a driver.
    pub(crate) fn reveal(&self) -> &str {
        match self {
            Self::Sqlite(text) | Self::Postgres(text) => text,
        }
    }

    /// Returns a hint about the most likely mistake.
    pub(crate) fn cure(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "check the path, and that this user may read and write the file and its folder",
            Self::Postgres(_) => "check that the server runs, and the name and password in the address",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "`{path}`"),
            Self::Postgres(text) => {
                // The password is before the host or among the parameters.
                let text = text.split_once('?').map_or(text.as_str(), |(text, _)| text);
                let place = text.rsplit_once('@').or_else(|| text.split_once("://")).map_or("", |(_, place)| place);
                write!(f, "`postgres://{place}`")
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Refuses a password that would be parsed as a host or a database, and then be displayed. `rest` is the part after `://`.
pub(crate) fn check_password(rest: &str, option: &str) -> Result<(), Failure> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if rest[authority.len()..].contains('@') || authority.matches('@').count() > 1 {
        return Err(Failure::Usage(format!(
            "{option} cannot be read: in a password write `@` as %40, `/` as %2F, `?` as %3F and `#` as %23"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, Failure> {
        Address::parse(text, "--database")
    }

    #[test]
    fn a_path_is_a_file_with_or_without_a_scheme() {
        for text in ["a/b.sqlite", "sqlite:a/b.sqlite", "sqlite://a/b.sqlite"] {
            assert_eq!(parse(text).unwrap(), Address::Sqlite("a/b.sqlite".to_owned()), "{text}");
        }
        for text in ["", "sqlite:", ":memory:", "sqlite::memory:", "mysql://auth:secret@host/name", "postgre://a@b/c"] {
            assert_eq!(parse(text).unwrap_err().code(), 2, "{text}");
        }
    }

    #[test]
    fn password_is_never_shown() {
        for (text, shown) in [
            ("postgres://auth:secret@db.example.org:5432/auth", "`postgres://db.example.org:5432/auth`"),
            ("postgresql://db.example.org/auth?user=auth&password=secret", "`postgres://db.example.org/auth`"),
            ("postgres://auth:secret@host", "`postgres://host`"),
            ("postgres:///auth?host=/run/postgresql", "`postgres:///auth`"),
        ] {
            let address = parse(text).unwrap();
            assert_eq!((address.to_string(), format!("{address:?}")), (shown.to_owned(), shown.to_owned()));
            assert_eq!(address.reveal(), text);
        }
    }

    #[test]
    fn unencoded_password_is_refused() {
        for text in [
            "postgres://auth:sec/ret@host/auth",
            "postgres://auth:sec?ret@host/auth",
            "postgres://auth:sec#ret@host/auth",
            "postgres://auth:sec@ret@host/auth",
            "postgres://host/auth?password=sec@ret",
            "mysql://auth:secret@host/auth",
        ] {
            let failure = parse(text).unwrap_err();
            assert_eq!(failure.code(), 2, "{text}");
            assert!(!failure.to_string().contains("sec") && !failure.to_string().contains("ret@"), "{failure}");
        }
    }
}
