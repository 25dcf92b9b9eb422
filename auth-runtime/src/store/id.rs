//! [`Id`]: a store's name for a record.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A store's name for a login or a token: a number, or any other text. Reveals nothing about a secret.
///
/// A number is stored as a number, so that a request does not allocate for it.
///
/// ```
/// use auth_runtime::store::Id;
///
/// assert_eq!(Id::from(17).to_string(), "17");
/// assert_eq!("17".parse::<Id>().unwrap().number(), Some(17));
/// assert_eq!("0190163d-8694".parse::<Id>().unwrap().number(), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Id(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Number(i64),
    Text(Box<str>),
}

impl Id {
    /// Returns the number. `None` means that the id is another text.
    pub fn number(&self) -> Option<i64> {
        match self.0 {
            Repr::Number(number) => Some(number),
            Repr::Text(_) => None,
        }
    }
}

impl Default for Id {
    /// Returns the number 0, which no store assigns.
    fn default() -> Self {
        Self::from(0)
    }
}

impl From<i64> for Id {
    fn from(number: i64) -> Self {
        Self(Repr::Number(number))
    }
}

impl From<&str> for Id {
    /// Stores `text` as a number if [`Display`](fmt::Display) writes that number the same way, so that each id has one form.
    fn from(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Self::from(number),
            _ => Self(Repr::Text(text.into())),
        }
    }
}

impl FromStr for Id {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Number(number) => number.fmt(f),
            Repr::Text(text) => text.fmt(f),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

impl serde::Serialize for Id {
    /// Serializes a number as a string too.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
