//! Parses the rows of Django, whose columns both databases return as text.

use std::time::Duration;

use auth_runtime::store::Client;
use auth_runtime::throttle::Limit;
use auth_runtime::{Digest, Username, is_password_hash};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::source::Row;

/// The error is the name of the unreadable column. It does not contain the value, which may be a secret.
pub(super) type Read<T> = Result<T, &'static str>;

/// A user.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct User<'a> {
    pub(super) username: &'a str,
    pub(super) password: Password,
    pub(super) is_active: bool,
    pub(super) is_staff: bool,
}

/// A password, if it can be imported.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Password {
    /// The hash in the format of the runtime.
    Hash(String),
    /// The user has no password; Django stores `!` or similar.
    Unusable,
    /// A hash of an algorithm that the runtime does not know, with the name of the algorithm if it has one.
    Other(Option<String>),
}

impl<'a> User<'a> {
    pub(super) fn read(row: &'a Row) -> Read<Self> {
        let staff = boolean(row, 4, "is_staff")?;
        let superuser = boolean(row, 5, "is_superuser")?;
        Ok(Self {
            username: username(row, 1)?.ok_or("username")?,
            password: password(row.text(2).map_err(|()| "password")?),
            is_active: boolean(row, 3, "is_active")?,
            is_staff: staff || superuser,
        })
    }
}

fn password(encoded: &str) -> Password {
    if encoded.is_empty() || encoded.starts_with('!') {
        return Password::Unusable;
    }
    // Django puts its own name of the algorithm before the PHC string.
    let hash = encoded.strip_prefix("argon2").filter(|rest| rest.starts_with('$')).unwrap_or(encoded);
    if is_password_hash(hash) {
        return Password::Hash(hash.to_owned());
    }
    let named = |algorithm: &&str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        !algorithm.is_empty() && algorithm.len() <= 20 && algorithm.bytes().all(fits)
    };
    // Without a dollar sign, the whole text may be the hash.
    let algorithm = encoded.split_once('$').map(|(algorithm, _)| algorithm).filter(named);
    Password::Other(algorithm.map(ToOwned::to_owned))
}

/// A token of any of the packages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// The user that the token belongs to. `None` means that the user does not exist.
    pub(super) username: Option<&'a str>,
    pub(super) digest: Digest,
    pub(super) created: Duration,
    pub(super) expires: Option<Duration>,
}

impl<'a> Token<'a> {
    /// Reads a row of Django REST framework.
    pub(super) fn read(row: &'a Row) -> Read<Self> {
        Ok(Self {
            username: username(row, 1)?,
            created: time(row.text(2).map_err(|()| "created")?).ok_or("created")?,
            digest: digest_of(row, 3, "key")?,
            expires: None,
        })
    }

    /// Reads a row of django-rest-knox.
    pub(super) fn read_knox(row: &'a Row) -> Read<Self> {
        Ok(Self {
            username: username(row, 1)?,
            created: time(row.text(2).map_err(|()| "created")?).ok_or("created")?,
            digest: row.text(3).ok().and_then(Digest::of_sha512_hex).ok_or("digest")?,
            expires: match row.maybe(4).map_err(|()| "expiry")? {
                None => None,
                Some(expiry) => Some(time(expiry).ok_or("expiry")?),
            },
        })
    }

    /// Reads a row of Django-Rest-Durin, and returns it with the id of its client.
    pub(super) fn read_durin(row: &'a Row) -> Read<(Self, &'a str)> {
        let token = Self {
            username: username(row, 1)?,
            created: time(row.text(2).map_err(|()| "created")?).ok_or("created")?,
            digest: digest_of(row, 3, "token")?,
            expires: Some(time(row.text(4).map_err(|()| "expiry")?).ok_or("expiry")?),
        };
        Ok((token, row.text(5).map_err(|()| "client_id")?))
    }
}

/// A client of Django-Rest-Durin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DurinClient<'a> {
    pub(super) name: &'a str,
    pub(super) lifetime: Duration,
    /// An error if it cannot be read.
    pub(super) rate: Result<Option<Limit>, ()>,
}

impl<'a> DurinClient<'a> {
    pub(super) fn read(row: &'a Row) -> Read<Self> {
        let rate = row.maybe(3).map_err(|()| "throttle_rate")?.unwrap_or_default();
        Ok(Self {
            name: row.text(1).ok().filter(|name| !name.is_empty()).ok_or("name")?,
            lifetime: row.text(2).ok().and_then(microseconds).ok_or("token_ttl")?,
            rate: if rate.is_empty() { Ok(None) } else { rate.parse().map(Some).map_err(drop) },
        })
    }
}

/// Returns a client with this name, or with a similar name if it is not valid or taken. `taken` returns whether another client
/// has a name.
pub(super) fn client_named(name: &str, taken: impl Fn(&str) -> bool) -> Client {
    let fits = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    // Leaves room for a number at the end.
    let base: String = name.chars().take(50).map(|char| if fits(char) { char } else { '-' }).collect();
    let base = match base.trim_start_matches(['-', '_', '.']) {
        "" => "client".to_owned(),
        base => base.to_owned(),
    };
    let numbered = (2_u64..).map(|number| format!("{base}-{number}"));
    let good = |name: String| Client::new(name).ok().filter(|client| !taken(client.name()));
    [name.to_owned(), base.clone()].into_iter().chain(numbered).find_map(good).unwrap_or_default()
}

/// Returns a username as Django stores it. A name that no account can have is unreadable.
pub(super) fn username(row: &Row, column: usize) -> Read<Option<&str>> {
    let name = row.maybe(column).map_err(|()| "username")?;
    if name.is_some_and(|name| Username::parse(name).is_err()) { Err("username") } else { Ok(name) }
}

fn boolean(row: &Row, column: usize, name: &'static str) -> Read<bool> {
    match row.text(column) {
        Ok("1" | "true") => Ok(true),
        Ok("0" | "false") => Ok(false),
        _ => Err(name),
    }
}

fn digest_of(row: &Row, column: usize, name: &'static str) -> Read<Digest> {
    let token = row.text(column).ok().filter(|token| !token.is_empty()).ok_or(name)?;
    Ok(Digest::of(token.as_bytes()))
}

/// Parses a time in the format that Django stores in SQLite, `2024-01-02 03:04:05.678901`, or that PostgreSQL displays,
/// `2024-01-02 03:04:05+00`. A time without an offset is in UTC.
fn time(text: &str) -> Option<Duration> {
    let time = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(local).ok()
    })?;
    let since: SignedDuration = time.as_duration();
    Duration::try_from(since).ok()
}

/// Parses a duration in whole microseconds, which may have a fraction of zeros.
fn microseconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let micros: u64 = whole.parse().ok().filter(|&micros| micros > 0)?;
    fraction.bytes().all(|digit| digit == b'0').then(|| Duration::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HASH: &str = "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=";

    fn user(texts: &[Option<&str>; 6]) -> Read<(String, Password, bool, bool)> {
        let row = Row::from_texts(texts);
        User::read(&row).map(|user| (user.username.to_owned(), user.password, user.is_active, user.is_staff))
    }

    #[test]
    fn a_user_is_read_from_either_database() {
        for (yes, no) in [("1", "0"), ("true", "false")] {
            let hash = Password::Hash(HASH.to_owned());
            let read = user(&[Some("7"), Some("ada"), Some(HASH), Some(yes), Some(no), Some(no)]);
            assert_eq!(read, Ok(("ada".to_owned(), hash, true, false)));
            for flags in [[yes, no], [no, yes], [yes, yes]] {
                let read = user(&[Some("7"), Some("ada"), Some("!"), Some(no), Some(flags[0]), Some(flags[1])]);
                assert_eq!(read, Ok(("ada".to_owned(), Password::Unusable, false, true)), "{flags:?}");
            }
        }
    }

    #[test]
    fn user_with_an_invalid_column_is_unreadable() {
        let good = [Some("7"), Some("ada"), Some(HASH), Some("1"), Some("0"), Some("0")];
        assert!(user(&good).is_ok());
        for (column, text, name) in [
            (1, None, "username"),
            (1, Some(""), "username"),
            (1, Some("a\0da"), "username"),
            (2, None, "password"),
            (3, None, "is_active"),
            (3, Some("yes"), "is_active"),
            (4, Some("2"), "is_staff"),
            (5, Some(""), "is_superuser"),
        ] {
            let mut texts = good;
            texts[column] = text;
            assert_eq!(user(&texts).unwrap_err(), name);
        }
    }

    #[test]
    fn unknown_password_hash_is_reported_by_its_algorithm() {
        let argon2 =
            "$argon2id$v=19$m=64,t=1,p=2$SERwZTg4VGkxMTVPV1M2Z1NpWUYyVw$GL3F4bmw12Rz22zAR1/Xok0Utimf79bNZ1c4YdpfJqQ";
        assert_eq!(password(&format!("argon2{argon2}")), Password::Hash(argon2.to_owned()));
        assert_eq!(password(HASH), Password::Hash(HASH.to_owned()));
        for unusable in ["", "!", "!Rjoc7AbIaUSFCNIeT9pRSRJnVHlUwMWz4HNvsJuK"] {
            assert_eq!(password(unusable), Password::Unusable);
        }
        let other = |name: &str| Password::Other(Some(name.to_owned()));
        assert_eq!(
            password("bcrypt_sha256$$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"),
            other("bcrypt_sha256")
        );
        assert_eq!(password("md5$salt$5f4dcc3b5aa765d61d8327deb882cf99"), other("md5"));
        assert_eq!(password("argon2$junk"), other("argon2"));
        assert_eq!(password(&HASH[..40]), other("pbkdf2_sha256"));
        // A value that may be a hash without an algorithm name is not displayed.
        for hash in ["5f4dcc3b5aa765d61d8327deb882cf99", "$2b$12$R9h", "5f4dcc3b5aa765d61d8327$x", "Secret$x"] {
            assert_eq!(password(hash), Password::Other(None), "{hash}");
        }
    }

    #[test]
    fn times_of_both_databases_are_read() {
        for (text, millis) in [
            ("2024-01-02 03:04:05.678901", 1_704_164_645_678),
            ("2024-01-02 03:04:05", 1_704_164_645_000),
            ("2024-01-02 03:04:05.678901+00", 1_704_164_645_678),
            ("2024-01-02 03:04:05.6+00", 1_704_164_645_600),
            ("2024-01-02 03:04:05+00:00", 1_704_164_645_000),
            ("2024-01-02 05:04:05+02:00", 1_704_164_645_000),
            ("2024-01-02 08:34:05+05:30", 1_704_164_645_000),
            ("2024-01-02T03:04:05Z", 1_704_164_645_000),
            ("1970-01-01 00:00:00", 0),
        ] {
            assert_eq!(time(text).map(|time| time.as_millis()), Some(millis), "{text}");
        }
        for text in
            ["", "infinity", "1704164645", "2024-13-01 00:00:00", "2024-01-02 25:00:00", "1969-12-31 23:59:59", "x"]
        {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_microseconds() {
        for (text, micros) in [("43200000000", 43_200_000_000), ("43200000000.000000", 43_200_000_000), ("1", 1)] {
            assert_eq!(microseconds(text), Some(Duration::from_micros(micros)), "{text}");
        }
        for text in ["", "0", "-1", "-86400000000.000000", "1.5", "1e3", "a while", "Infinity", "NaN"] {
            assert_eq!(microseconds(text), None, "{text}");
        }
    }

    #[test]
    fn missing_rate_differs_from_invalid_rate() {
        let read = |rate: Option<&str>| {
            DurinClient::read(&Row::from_texts(&[Some("1"), Some("web"), Some("1000000"), rate])).unwrap().rate
        };
        assert_eq!((read(Some("")), read(None), read(Some("7/x"))), (Ok(None), Ok(None), Err(())));
        assert_eq!(read(Some("100/h")), Ok(Some("100/hour".parse().unwrap())));
    }

    #[test]
    fn clients_keep_their_names_if_possible() {
        let name = |name: &str, taken: &[&str]| client_named(name, |other| taken.contains(&other)).name().to_owned();
        assert_eq!(name("web", &[]), "web");
        assert_eq!(name("phone app", &[]), "phone-app");
        assert_eq!(name("phone app", &["phone-app"]), "phone-app-2");
        assert_eq!(name("phone app", &["phone-app", "phone-app-2"]), "phone-app-3");
        assert_eq!(name("Größe", &[]), "Gr--e");
        let long = "x".repeat(64);
        assert_eq!(name(&long, &[]), long);
        assert_eq!(name(&format!("{long}x"), &[]), "x".repeat(50));
    }

    proptest! {
        #[test]
        fn every_name_makes_a_client_of_its_own(there in ".{1,80}", other in ".{1,80}") {
            let first = client_named(&there, |_| false);
            let second = client_named(&other, |name| name == first.name());
            prop_assert_ne!(first.name(), second.name());
            prop_assert_eq!(client_named(&there, |_| false), first);
        }

        #[test]
        fn a_time_of_django_is_read_to_the_millisecond(micros in 0..253_000_000_000_000_000_i64) {
            let there = Timestamp::from_microsecond(micros).unwrap();
            let local = Offset::UTC.to_datetime(there).to_string().replace('T', " ");
            let read = time(&local).unwrap();
            prop_assert_eq!(i128::try_from(read.as_micros()).unwrap(), i128::from(micros));
            prop_assert_eq!(time(&format!("{local}+00")), Some(read));
        }

        #[test]
        fn any_row_is_read_or_refused(texts in prop::array::uniform6(prop::option::of("[0-9a-z$!:. -]{0,20}|.{0,10}"))) {
            let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
            let row = Row::from_texts(&texts);
            let _ = User::read(&row);
            let _ = DurinClient::read(&row);
            let durin = Token::read_durin(&row).map(|(token, _)| token);
            for token in [Token::read(&row), Token::read_knox(&row), durin].into_iter().flatten() {
                prop_assert!(token.username != Some(""));
            }
        }
    }
}
