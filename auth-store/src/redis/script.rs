//! The Lua scripts. Each one runs atomically.

use std::sync::LazyLock;

use auth_runtime::store::{StoreError, StoreResult};
use redis::Script;

/// Declares a script, with or without the prelude in front.
macro_rules! scripts {
    ($($name:ident = $file:literal;)+) => {$(
        pub(super) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(concat!(include_str!("lua/prelude.lua"), include_str!($file))));
    )+};
    (bare: $($name:ident = $file:literal;)+) => {$(
        pub(super) static $name: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!($file)));
    )+};
}

scripts! {
    END_CLIENT = "lua/end_client.lua";
    END_COOKIE = "lua/end_cookie.lua";
    END_LOGIN = "lua/end_login.lua";
    END_LOGINS = "lua/end_logins.lua";
    EXTEND = "lua/extend.lua";
    INSERT = "lua/insert.lua";
    LIST = "lua/list.lua";
    MOVE = "lua/move.lua";
    RENAME = "lua/rename.lua";
    RENEW = "lua/renew.lua";
    TOUCH = "lua/touch.lua";
}

scripts! {
    bare:
    END_ATTEMPT = "lua/end_attempt.lua";
    FIRST_USE = "lua/first_use.lua";
    GIVE_BACK = "lua/give_back.lua";
    START_ATTEMPT = "lua/start_attempt.lua";
    TAKE = "lua/take.lua";
    TAKE_OF_BUCKET = "lua/take_of_bucket.lua";
}

/// The fields of a hash, in the order in which they were requested.
pub(super) struct Fields(std::vec::IntoIter<Option<String>>);

impl Fields {
    /// Returns the fields if the hash exists. Every hash has all of them.
    pub(super) fn read(fields: Vec<Option<String>>) -> Option<Self> {
        fields.first()?.as_ref()?;
        Some(Self(fields.into_iter()))
    }

    /// Returns whether the first field is not empty.
    pub(super) fn starts_filled(&self) -> bool {
        self.0.as_slice().first().is_some_and(|field| field.as_deref().is_some_and(|text| !text.is_empty()))
    }

    pub(super) fn text(&mut self) -> String {
        self.0.next().flatten().unwrap_or_default()
    }

    /// Returns the next field as a number, or `None` if the field is empty.
    pub(super) fn maybe_number(&mut self) -> StoreResult<Option<i64>> {
        let text = self.text();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|error| StoreError::new(format!("a field in Redis is no number: {error}")))
    }

    pub(super) fn number(&mut self) -> StoreResult<i64> {
        self.maybe_number()?.ok_or_else(|| StoreError::new("a field in Redis is missing"))
    }
}
